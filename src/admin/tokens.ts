// Tokens: who else may use the admin API, for what, and until when. A token is shown once, when it is made.

import { Hono } from "hono";
import * as v from "valibot";
import { deleteToken, insertToken, listTokens, SCOPES, TOKENS_MAX, type Token } from "../ledger/tokens.ts";
import { problem } from "../problem.ts";
import type { AdminEnv } from "./access.ts";
import { InstantTextSchema, MaybeInstantSchema, toInstant, toMaybeInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { hashToken, randomText } from "./token-hash.ts";
import { InstantSchema, validBody } from "./validate.ts";

const CreateBodySchema = v.strictObject({
  name: v.pipe(
    v.string(),
    v.description("For people: whose it is."),
    v.trim(),
    v.minLength(1, "expected a name"),
    v.maxLength(100, "expected 100 characters at most"),
  ),
  scopes: v.pipe(v.array(v.picklist(SCOPES)), v.minLength(1, "expected one scope at least")),
  expiresAt: v.pipe(
    v.optional(
      v.pipe(
        InstantSchema,
        v.check((instant) => instant > Date.now(), "expected an instant that is still to come"),
      ),
    ),
    v.description("When it ends, as an ISO 8601 instant; never when left out."),
  ),
});

const TokenSchema = v.pipe(
  v.object({
    id: v.string(),
    name: v.string(),
    scopes: v.array(v.picklist(SCOPES)),
    createdAt: InstantTextSchema,
    expiresAt: MaybeInstantSchema,
    lastUsedAt: v.pipe(MaybeInstantSchema, v.description("To the hour.")),
  }),
  v.metadata({ ref: "Token" }),
);

const NewTokenSchema = v.intersect([
  TokenSchema,
  v.object({ token: v.pipe(v.string(), v.description("What callers send. It is shown this once.")) }),
]);

const EXAMPLE: v.InferOutput<typeof TokenSchema> = {
  id: "tok_8c0f1d2e3a4b5c6d",
  name: "Mira, support",
  scopes: ["read", "replay"],
  createdAt: "2026-10-05T08:15:31.000Z",
  expiresAt: "2027-06-30T00:00:00.000Z",
  lastUsedAt: null,
};

/** `GET` and `POST /admin/tokens`, `DELETE /admin/tokens/<id>`. */
export const tokenRoutes = new Hono<AdminEnv>()
  .get(
    "/",
    describe({
      summary: "Lists the tokens, those that have ended too; never what they are.",
      answer: v.object({ tokens: v.array(TokenSchema) }),
      example: { answer: { tokens: [EXAMPLE] } },
    }),
    async (c) => c.json({ tokens: (await listTokens(c.env.LEDGER)).map(describeToken) }),
  )
  .post(
    "/",
    describe({
      summary: "Makes a token.",
      answer: NewTokenSchema,
      status: 201,
      problems: ["tokens_full"],
      example: {
        body: { name: "Mira, support", scopes: ["read", "replay"], expiresAt: "2027-06-30T00:00:00Z" },
        answer: { ...EXAMPLE, token: "sbx_SvLD0yS6Qd5pJx3nqYtB7cWmZk1hG2uE8oRrA4fXwVs" },
      },
    }),
    validBody(CreateBodySchema),
    async (c) => {
      const asked = c.req.valid("json");
      const text = `sbx_${randomText()}`;
      const token = {
        id: `tok_${crypto.getRandomValues(new Uint8Array(8)).toHex()}`,
        name: asked.name,
        scopes: SCOPES.filter((scope) => asked.scopes.includes(scope)),
        createdAt: Date.now(),
        expiresAt: asked.expiresAt ?? null,
      };
      if (!(await insertToken(c.env.LEDGER, token, await hashToken(text)))) {
        return problem(c, "tokens_full", { detail: `There are ${TOKENS_MAX} tokens already. Delete one first.` });
      }
      const made = describeToken({ ...token, lastUsedAt: null });
      c.set("change", { after: made });
      return c.json({ ...made, token: text }, 201);
    },
  )
  .delete(
    "/:id",
    describe({
      summary: "Deletes a token; it is refused from then on.",
      path: { id: "The token's `id`, `tok_…`." },
      answer: v.object({ id: v.string(), deleted: v.literal(true) }),
      problems: ["not_found"],
    }),
    async (c) => {
      const id = c.req.param("id");
      const token = (await listTokens(c.env.LEDGER)).find((one) => one.id === id);
      if (token === undefined || !(await deleteToken(c.env.LEDGER, id))) return problem(c, "not_found");
      c.set("change", { before: describeToken(token) });
      return c.json({ id, deleted: true as const });
    },
  );

function describeToken({ createdAt, expiresAt, lastUsedAt, ...rest }: Token): v.InferOutput<typeof TokenSchema> {
  return {
    ...rest,
    createdAt: toInstant(createdAt),
    expiresAt: toMaybeInstant(expiresAt),
    lastUsedAt: toMaybeInstant(lastUsedAt),
  };
}
