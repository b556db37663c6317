// Tokens: who else may use the admin API, for what, and until when. A token is shown once, when it is made.

import { Hono } from "hono";
import * as v from "valibot";
import { deleteToken, insertToken, listTokens, SCOPES, TOKENS_MAX, type Token } from "../ledger/tokens.ts";
import { problem } from "../problem.ts";
import { hashToken, type AdminEnv } from "./access.ts";
import { InstantSchema, readBodyAs } from "./validate.ts";

/** How many random bytes a token has: nobody guesses one, so that its hash needs no salt. */
const TOKEN_BYTES = 32;

const CreateBodySchema = v.strictObject({
  /** For people: whose it is. */
  name: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, "expected a name"),
    v.maxLength(100, "expected 100 characters at most"),
  ),
  scopes: v.pipe(v.array(v.picklist(SCOPES)), v.minLength(1, "expected one scope at least")),
  /** When it ends; never when left out. */
  expiresAt: v.optional(
    v.pipe(
      InstantSchema,
      v.check((instant) => instant > Date.now(), "expected an instant that is still to come"),
    ),
  ),
});

/** `GET` and `POST /admin/tokens`, `DELETE /admin/tokens/<id>`. */
export const tokenRoutes = new Hono<AdminEnv>()
  .get("/", async (c) => c.json({ tokens: (await listTokens(c.env.LEDGER)).map(describeToken) }))
  .post("/", async (c) => {
    const asked = await readBodyAs(c, CreateBodySchema);
    if (asked instanceof Response) return asked;
    const text = `sbx_${randomBytes(TOKEN_BYTES).toBase64({ alphabet: "base64url", omitPadding: true })}`;
    const token = {
      id: `tok_${randomBytes(8).toHex()}`,
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
  })
  .delete("/:id", async (c) => {
    const id = c.req.param("id");
    const token = (await listTokens(c.env.LEDGER)).find((one) => one.id === id);
    if (token === undefined || !(await deleteToken(c.env.LEDGER, id))) return problem(c, "not_found");
    c.set("change", { before: describeToken(token) });
    return c.json({ id, deleted: true });
  });

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

function describeToken({ createdAt, expiresAt, lastUsedAt, ...rest }: Token) {
  const instant = (milliseconds: number | null) =>
    milliseconds === null ? null : new Date(milliseconds).toISOString();
  return {
    ...rest,
    createdAt: instant(createdAt),
    expiresAt: instant(expiresAt),
    /** To the hour. */
    lastUsedAt: instant(lastUsedAt),
  };
}
