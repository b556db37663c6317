// The reference of the admin API as everybody gets it: a page without a script, with every call of the document in it.

import { createExecutionContext } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import openapi from "../../schema/openapi.json";
import { app } from "./app.ts";
import { createBindings } from "./faults.ts";

async function get(path: string): Promise<Response> {
  return app.fetch(
    new Request(`https://signalbox.example.com${path}`),
    createBindings({ SIGNALBOX_ADMIN_TOKEN: "" }),
    createExecutionContext(),
  );
}

describe("the page", () => {
  it("runs nothing, is in no frame, and takes its style from here alone", async () => {
    const page = await get("/reference");
    expect(page.headers.get("content-type")).toBe("text/html; charset=UTF-8");
    expect(page.headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const text = await page.text();
    expect(text).not.toMatch(/<script|<style|<[^>]+\s(?:style|on\w+)=/i);
    const [, stylesheet = ""] = /<link rel="stylesheet" href="([^"]+)"/.exec(text) ?? [];
    expect((await get(stylesheet)).headers.get("content-type")).toBe("text/css; charset=utf-8");
  });

  it("has every call and every schema of the document, and its links lead somewhere", async () => {
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

it("the document is served as it is published", async () => {
  expect(await (await get("/schema/openapi.json")).json()).toEqual(openapi);
});
