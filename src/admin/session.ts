// Sessions of browsers: whoever has shown a token, or comes by Cloudflare Access, gets a cookie that no script can read, and
// with it the value that the pages send along with what they change. docs/access.md says when a session ends.

import { Hono } from "hono";
import * as v from "valibot";
import { readSecret } from "../env.ts";
import { deleteSession, insertSession, type NewSession } from "../ledger/sessions.ts";
import { SCOPES } from "../ledger/tokens.ts";
import { problem } from "../problem.ts";
import { ADMIN_TOKEN_NAME } from "../secret-names.ts";
import type { AdminEnv } from "./access.ts";
import { MaybeInstantSchema, toMaybeInstant } from "./answers.ts";
import type { Caller } from "./caller.ts";
import { readAccessSettings } from "./cloudflare-access/settings.ts";
import { describe } from "./describe.ts";
import { SignInSchema } from "./read-shown.ts";
import { ROOT_ACTOR } from "./recognise.ts";
import { ROLES } from "./roles.ts";
import { csrfOf, hashSession, writeSessionCookie } from "./session-cookie.ts";
import { randomText } from "./token-hash.ts";

/** How long a session lasts, in milliseconds: one day's work. What opened it may end sooner, and then it does. */
const SESSION_MS = 12 * 60 * 60_000;

const SessionSchema = v.pipe(
  v.object({
    actor: v.object({ id: v.string(), name: v.nullable(v.string()) }),
    by: v.pipe(v.picklist(["token", "assertion", "session"]), v.description("What the request has shown.")),
    role: v.nullable(v.picklist(ROLES)),
    scopes: v.array(v.picklist(SCOPES)),
    csrf: v.pipe(
      v.nullable(v.string()),
      v.description("What to send as `x-signalbox-csrf` with every call that is no GET; null without a session."),
    ),
    expiresAt: v.pipe(MaybeInstantSchema, v.description("When what the request has shown ends.")),
  }),
  v.metadata({ ref: "Session" }),
);

const EXAMPLE: v.InferOutput<typeof SessionSchema> = {
  actor: { id: "tok_5d1f0c77aa90b2e4", name: "Mira, support" },
  by: "session",
  role: null,
  scopes: ["read", "replay"],
  csrf: "7c1a0f5e31d9b277aa905f0c1e31d9b277aa905f0c1e31d9b277aa905f0c1e31",
  expiresAt: "2026-10-05T20:15:31.000Z",
};

/** `POST`, `GET` and `DELETE /admin/session`. */
export const sessionRoutes = new Hono<AdminEnv>()
  .post(
    "/",
    describe({
      summary: "Opens a session: sets its cookie, which from then on stands for the token, or for Cloudflare Access.",
      body: SignInSchema,
      answer: SessionSchema,
      status: 201,
      example: { body: { token: "sbx_3tM9…" }, answer: EXAMPLE },
    }),
    async (c) => {
      const [caller, value, now] = [c.get("caller"), randomText(), Date.now()];
      const session = await createSession(caller, value, c.env, now);
      await insertSession(c.env.LEDGER, session);
      const { hash, expiresAt } = session;
      c.header("set-cookie", writeSessionCookie(value, Math.floor((expiresAt - now) / 1_000)));
      const by = { kind: "session", hash, csrf: await csrfOf(value) } as const;
      return c.json(describeSession({ ...caller, endsAt: expiresAt, by }), 201);
    },
  )
  .get("/", describe({ summary: "Says who calls, and what they may.", answer: SessionSchema }), (c) =>
    c.json(describeSession(c.get("caller"))),
  )
  .delete(
    "/",
    describe({
      summary: "Ends the session and has the browser forget its cookie.",
      answer: v.object({ ended: v.literal(true) }),
      problems: ["not_found"],
    }),
    async (c) => {
      const { by } = c.get("caller");
      if (by.kind !== "session" || !(await deleteSession(c.env.LEDGER, by.hash))) return problem(c, "not_found");
      c.header("set-cookie", writeSessionCookie("", 0));
      return c.json({ ended: true as const });
    },
  );

/** The row of a caller's new session. Only the Worker secret goes into the hash, of what it has opened itself. */
async function createSession(caller: Caller, value: string, env: object, now: number): Promise<NewSession> {
  const { actor, endsAt, by } = caller;
  const kind = by.kind === "assertion" ? "access" : actor === ROOT_ACTOR ? "secret" : "token";
  return {
    hash: await hashSession(value, kind === "secret" ? readSecret(env, ADMIN_TOKEN_NAME) : ""),
    kind,
    actor,
    names: by.kind === "assertion" ? namesToKeep(by.names, env) : [],
    createdAt: now,
    expiresAt: Math.min(now + SESSION_MS, endsAt ?? Number.POSITIVE_INFINITY),
  };
}

/** Somebody's own name and those that have a role; their other groups are nothing that has to be kept. */
function namesToKeep([own = "", ...shared]: readonly string[], env: object): string[] {
  const settings = readAccessSettings(env);
  const roles = settings.ok ? settings.value?.roles : undefined;
  return [own, ...shared.filter((name) => roles?.has(name) ?? false)];
}

function describeSession({ actor, name, by, role, scopes, endsAt }: Caller): v.InferOutput<typeof SessionSchema> {
  return {
    actor: { id: actor, name },
    by: by.kind,
    role,
    scopes: [...scopes],
    csrf: by.kind === "session" ? by.csrf : null,
    expiresAt: toMaybeInstant(endsAt),
  };
}
