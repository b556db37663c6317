// The life of a session: opened with a token, shown in a cookie, and ended by time, by signing out, or with what opened it.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runJobs } from "../../../src/jobs/cron.ts";
import { createBindings, workingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { startOver } from "../start-over.ts";
import { bearer, call, openSession, ORIGIN, ROOT, tokenWith, type OpenSession } from "./callers.ts";

const HOUR_MS = 3_600_000;

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
});

afterEach(() => {
  vi.useRealTimers();
});

const whoAmI = async ({ cookie }: OpenSession, env = createBindings()) =>
  call("GET /admin/session", { cookie }, { env });

async function rows(): Promise<Record<string, unknown>[]> {
  return (await workingD1().prepare("SELECT * FROM sessions").all()).results;
}

/** Runs the cron until every job has had its turn. */
async function runTurns(): Promise<void> {
  for (let minute = 0; minute < 5; minute++) await runJobs(createBindings(), Date.now() + minute * 60_000);
}

describe("a session", () => {
  it("is opened by a form that posts a token, and says who it is and what to send along", async () => {
    const token = await tokenWith(["read", "replay"]);
    const opened = await call("POST /admin/session", { origin: ORIGIN }, { body: JSON.stringify({ token }) });
    const shown = {
      actor: { id: "tok_read-replay-null", name: "a test of read-replay-null" },
      by: "session",
      role: null,
      scopes: ["read", "replay"],
      csrf: expect.stringMatching(/^[0-9a-f]{64}$/),
      expiresAt: new Date(SENT_AT + 12 * HOUR_MS).toISOString(),
    };
    expect(opened).toMatchObject({ status: 201, json: shown });
    const cookie = opened.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^__Host-signalbox=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect((await call("GET /admin/session", { cookie: cookie.split(";", 1)[0] ?? "" })).json).toEqual(opened.json);
  });

  it("is in D1 as a digest; neither cookie, nor its header, nor token are", async () => {
    const { cookie, csrf } = await openSession({ token: ROOT });
    const [row] = await rows();
    expect(row).toMatchObject({ kind: "secret", actor: "secret" });
    for (const secret of [cookie.split("=")[1] ?? "", csrf, ROOT]) expect(JSON.stringify(row)).not.toContain(secret);
  });

  it("is another one each time, with another header to send", async () => {
    const [one, two] = [await openSession({ token: ROOT }), await openSession({ token: ROOT })];
    expect(new Set([one.cookie, two.cookie, one.csrf, two.csrf]).size).toBe(4);
    expect((await whoAmI(one)).status).toBe(200);
  });

  it("ends after twelve hours, or sooner with its token; the row goes with the next cron", async () => {
    const long = await openSession({ token: ROOT });
    const short = await openSession({ token: await tokenWith(["read"], SENT_AT + HOUR_MS) });
    vi.setSystemTime(SENT_AT + HOUR_MS);
    expect([(await whoAmI(long)).status, (await whoAmI(short)).status]).toEqual([200, 401]);
    await runTurns();
    expect(await rows()).toHaveLength(1);
    vi.setSystemTime(SENT_AT + 12 * HOUR_MS);
    const ended = await whoAmI(long);
    expect(ended).toMatchObject({ status: 401, json: { code: "session_invalid" } });
    expect(ended.headers.get("set-cookie")).toMatch(/^__Host-signalbox=; Max-Age=0; Path=\/;/);
    await runTurns();
    expect(await rows()).toEqual([]);
  });

  it("ends for good when it is signed out of, for whoever has a copy of the cookie too", async () => {
    const [session, other] = [await openSession({ token: ROOT }), await openSession({ token: ROOT })];
    const out = await call("DELETE /admin/session", session.headers);
    expect(out).toMatchObject({ status: 200, json: { ended: true } });
    expect(out.headers.get("set-cookie")).toMatch(/^__Host-signalbox=; Max-Age=0;/);
    expect((await whoAmI(session)).status).toBe(401);
    expect((await whoAmI(other)).status).toBe(200);
  });

  it("ends at once when its token is deleted, and no other does", async () => {
    const session = await openSession({ token: await tokenWith(["read"]) });
    const other = await openSession({ token: await tokenWith(["replay"]) });
    await workingD1().prepare("DELETE FROM tokens WHERE id = 'tok_read-null'").run();
    expect((await whoAmI(session)).status).toBe(401);
    expect((await whoAmI(other)).status).toBe(200);
  });

  it("of the Worker secret ends when that is replaced; those of tokens go on", async () => {
    const root = await openSession({ token: ROOT });
    const other = await openSession({ token: await tokenWith(["read"]) });
    const replaced = () => createBindings({ SIGNALBOX_ADMIN_TOKEN: "the-next-secret" });
    expect((await whoAmI(root, replaced())).status).toBe(401);
    expect((await whoAmI(other, replaced())).status).toBe(200);
    expect((await whoAmI(root)).status).toBe(200);
  });

  it("pushes the oldest out when one caller has twenty", async () => {
    const sessions: OpenSession[] = [];
    for (let count = 0; count <= 20; count++) {
      vi.setSystemTime(SENT_AT + count);
      sessions.push(await openSession({ token: ROOT }));
    }
    const statuses = await Promise.all(sessions.map(async (session) => (await whoAmI(session)).status));
    expect(statuses).toEqual([401, ...Array.from({ length: 20 }, () => 200)]);
  });
});

describe("opening a session", () => {
  it.each(["", "{", "null", "[]", '{"token": 1}', '{"token": ""}', `{"token": "${"x".repeat(5_000)}"}`])(
    "needs a token: %.20s is none",
    async (body) => {
      const answer = await call("POST /admin/session", {}, { body });
      expect(answer).toMatchObject({ status: 401, json: { code: "token_missing" } });
      expect(answer.headers.get("set-cookie")).toBeNull();
    },
  );

  it("is refused to another site's form, though it posts a token that is right", async () => {
    const headers = { origin: "https://evil.example", "content-type": "text/plain" };
    const answer = await call("POST /admin/session", headers, { body: JSON.stringify({ token: ROOT }) });
    expect(answer).toMatchObject({ status: 403, json: { code: "origin_foreign" } });
    expect(answer.headers.get("set-cookie")).toBeNull();
  });

  it("works with the cookie of a session that has ended", async () => {
    const body = JSON.stringify({ token: ROOT });
    const cookie = "__Host-signalbox=long-gone";
    expect(await call("POST /admin/session", { cookie }, { body })).toMatchObject({ status: 201 });
  });

  it("is in the audit log with who it was, as is signing out", async () => {
    const { headers } = await openSession({ token: await tokenWith(["read"]) });
    await call("DELETE /admin/session", headers);
    const { json } = await call("GET /admin/audit", bearer(ROOT));
    expect(json["entries"]).toMatchObject([
      { action: "DELETE /admin/session", actor: { id: "tok_read-null" }, status: 200 },
      { action: "POST /admin/session", actor: { id: "tok_read-null" }, status: 201 },
    ]);
  });
});

it("whoever has no session can say who they are, and has none to end", async () => {
  const { json } = await call("GET /admin/session", bearer(ROOT));
  expect(json).toEqual({
    actor: { id: "secret", name: null },
    by: "token",
    role: null,
    scopes: ["admin"],
    csrf: null,
    expiresAt: null,
  });
  expect(await call("DELETE /admin/session", bearer(ROOT))).toMatchObject({ status: 404 });
});

it("a link in a chat opens what it leads to, and an image on another site does not", async () => {
  const { cookie } = await openSession({ token: ROOT });
  const from = (mode: string, dest: string) => ({
    cookie,
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": mode,
    "sec-fetch-dest": dest,
  });
  expect((await call("GET /admin/session", from("navigate", "document"))).status).toBe(200);
  expect((await call("GET /admin/session", from("no-cors", "image"))).status).toBe(403);
  expect((await call("GET /admin/session", from("navigate", "iframe"))).status).toBe(403);
});
