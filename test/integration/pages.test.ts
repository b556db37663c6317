// The pages as static assets, and what is answered where there is none: a browser gets the dashboard whatever it opens, a
// program gets a problem, and nothing but an inlet takes a POST.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OpenApi } from "../../scripts/reference/document.ts";
import { startSignalbox, type Signalbox } from "./signalbox.ts";

let signalbox: Signalbox;

beforeAll(async () => {
  signalbox = await startSignalbox();
});

afterAll(async () => signalbox.stop());

/** What browsers send when somebody opens a link, as far as it matters. */
const OPENS = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

async function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  return fetch(new URL(path, signalbox.url), { method, headers, redirect: "manual" });
}

/** No `unsafe-*`, and no way for a text to become a script: Trusted Types without a policy. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const SAFE_HEADERS = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const HTML = "text/html; charset=utf-8";

describe("a browser", () => {
  it.each(["/", "/sendouts/so_0f", "/targets/crm?tab=edit", "/a/deep/link", "/index.html"])(
    "gets the dashboard at %s",
    async (path) => {
      const page = await get(path, OPENS);
      expect(page.status).toBe(200);
      expect(Object.fromEntries(page.headers)).toMatchObject({
        ...SAFE_HEADERS,
        "content-type": HTML,
        "cache-control": "public, max-age=0, must-revalidate",
      });
      expect(await page.text()).toContain('<div id="app">');
    },
  );

  it("gets the scripts and styles of the dashboard, which run nothing inline", async () => {
    const text = await (await get("/", OPENS)).text();
    expect(text).not.toMatch(/<script(?![^>]+src=)|<style|<[^>]+\s(?:style|on\w+)=/i);
    const files = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(files).not.toEqual([]);
    for (const path of files) {
      const file = await get(path);
      expect([path, file.status, file.headers.get("cache-control")]).toEqual([
        path,
        200,
        "public, max-age=300, stale-while-revalidate=31536000",
      ]);
    }
  });

  it("asks whether a page has changed, and is told no", async () => {
    const etag = (await get("/routes", OPENS)).headers.get("etag") ?? "";
    const again = await get("/routes", { ...OPENS, "if-none-match": etag });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  it("gets no page for a script, a style or an image that is not there", async () => {
    for (const path of ["/assets/gone.js", "/favicon.ico", "/schema/gone.json"]) {
      expect([path, (await get(path, { accept: "*/*" })).status]).toEqual([path, 404]);
    }
  });

  it("gets the icon", async () => {
    const icon = await get("/icon.svg");
    expect([icon.status, icon.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
  });
});

describe("the reference", () => {
  it("runs nothing, is in no frame, and takes its style from here alone", async () => {
    const page = await get("/reference");
    expect(page.status).toBe(200);
    expect(Object.fromEntries(page.headers)).toMatchObject({ ...SAFE_HEADERS, "content-type": HTML });
    const text = await page.text();
    expect(text).not.toMatch(/<script|<style|<[^>]+\s(?:style|on\w+)=/i);
    const [, stylesheet = ""] = /<link rel="stylesheet" href="([^"]+)"/.exec(text) ?? [];
    expect((await get(stylesheet)).headers.get("content-type")).toBe("text/css; charset=utf-8");
  });

  it("has every call and every schema of the document, and its links lead somewhere", async () => {
    const openapi = (await (await get("/schema/openapi.json")).json()) as OpenApi; // compared with its file below
    const text = await (await get("/reference")).text();
    const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const calls = Object.values(openapi.paths).flatMap((methods) => Object.keys(methods));
    expect([...text.matchAll(/<article id="(?!schema-)/g)]).toHaveLength(calls.length);
    for (const name of Object.keys(openapi.components.schemas)) expect(ids).toContain(`schema-${name}`);
    const links = [...text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe("a program", () => {
  it.each([
    ["/schema/openapi.json", "schema/openapi.json"],
    ["/schema/routing-table.json", "schema/routing-table.schema.json"],
  ])("gets %s as it is published", async (path, file) => {
    const document = await get(path);
    expect(document.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await document.text()).toBe(readFileSync(file, "utf8"));
  });

  it("is told what this is", async () => {
    const answer = await get("/");
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("/in/<inlet>")]);
  });

  it.each(["/sendouts/so_0f", "/index.html", "/_headers", "/reference/gone", "/schema/gone"])(
    "gets a problem for %s",
    async (path) => {
      const answer = await get(path);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
      expect(await answer.json()).toMatchObject({ code: "not_found" });
    },
  );

  it("learns by HEAD what GET would give, without its content", async () => {
    for (const [path, headers, type] of [
      ["/", {}, "text/plain;charset=UTF-8"],
      ["/", OPENS, HTML],
      ["/a/deep/link", OPENS, HTML],
      ["/reference", {}, HTML],
      ["/schema/openapi.json", {}, "application/json"],
    ] as const) {
      const answer = await get(path, headers, "HEAD");
      expect([path, answer.status, answer.headers.get("content-type")]).toEqual([path, 200, type]);
      expect(await answer.text()).toBe("");
    }
  });
});

describe("a sendout that is posted to a wrong path", () => {
  it.each(["/", "/in", "/in/", "/voucherify", "/assets/x.js", "/icon.svg", "/reference", "/schema/openapi.json"])(
    "is not accepted at %s, whoever posts it",
    async (path) => {
      for (const headers of [{}, OPENS]) {
        for (const method of ["POST", "PUT"]) {
          const { status } = await get(path, headers, method);
          expect([method, status, status >= 400 && status < 500]).toEqual([method, status, true]);
        }
      }
    },
  );
});
