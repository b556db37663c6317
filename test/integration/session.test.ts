// A session over real HTTP: what a browser gets, what it sends, and what a page of another site makes it send.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SECRETS, startSignalbox, type Signalbox } from "./signalbox.ts";

let signalbox: Signalbox;

beforeAll(async () => {
  signalbox = await startSignalbox();
});

afterAll(async () => signalbox.stop());

async function send(method: string, path: string, headers: Record<string, string> = {}, body?: object) {
  const answer = await fetch(new URL(path, signalbox.url), {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const json = (await answer.json()) as { code?: string; csrf?: string };
  return { status: answer.status, cookies: answer.headers.getSetCookie(), json };
}

async function signIn() {
  const { json, cookies } = await send("POST", "/admin/session", {}, { token: SECRETS.SIGNALBOX_ADMIN_TOKEN });
  const cookie = cookies[0]?.split(";", 1)[0] ?? "";
  return { cookies, cookie, own: { cookie, "x-signalbox-csrf": json.csrf ?? "", origin: signalbox.url.origin } };
}

describe("a browser that has signed in", () => {
  it("has one cookie that no script reads, no subdomain sets and no other site sends", async () => {
    const { cookies } = await signIn();
    expect(cookies).toHaveLength(1);
    expect(cookies[0]?.split("; ").slice(1).toSorted()).toEqual([
      "HttpOnly",
      "Max-Age=43200",
      "Path=/",
      "SameSite=Strict",
      "Secure",
    ]);
  });

  it("reads and changes from our own pages, and signs out", async () => {
    const { own } = await signIn();
    expect(await send("GET", "/admin/table", { cookie: own.cookie })).toMatchObject({ status: 200 });
    expect(await send("POST", "/admin/sweep", own)).toMatchObject({ status: 200 });
    expect(await send("DELETE", "/admin/session", own)).toMatchObject({ status: 200 });
    expect(await send("GET", "/admin/table", { cookie: own.cookie })).toMatchObject({
      status: 401,
      json: { code: "session_invalid" },
    });
  });

  it.each([
    ["without the header", { "x-signalbox-csrf": "" }, "csrf_invalid"],
    ["from another site", { origin: "https://evil.example" }, "origin_foreign"],
    ["from a sandboxed frame", { origin: "null" }, "origin_foreign"],
    ["from a subdomain", { "sec-fetch-site": "same-site" }, "origin_foreign"],
  ])("changes nothing %s", async (_name, sent, code) => {
    const { own } = await signIn();
    expect(await send("POST", "/admin/sweep", { ...own, ...sent })).toMatchObject({ status: 403, json: { code } });
  });
});
