// The eye of the leak proof: what it does not see, no run would ever complain of.

import { deflateSync, gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { createFind } from "./find-values.ts";
import { CUSTOMER, PERSONAL, secret, traceOf } from "./values.ts";

const VALUE = `${traceOf("a")}/+"&=${traceOf("b")}`;
const TEXT = JSON.stringify({ said: [`the key is ${VALUE}`, CUSTOMER.email, "ż"] });
const bytes = Buffer.from(TEXT);
const find = createFind([secret("KEY", VALUE), ...PERSONAL]);

it.each<[string, string | Uint8Array]>([
  ["a text", TEXT],
  ["bytes", bytes],
  ["JSON in JSON", JSON.stringify({ text: TEXT })],
  ["a URL", `https://example.com/?q=${encodeURIComponent(TEXT)}`],
  ["a form", new URLSearchParams({ q: TEXT }).toString()],
  ["base64", bytes.toString("base64")],
  ["base64 for URLs, behind something else", `data:${bytes.toString("base64url")}`],
  ["base64 of it behind one character", btoa(`:${VALUE}${CUSTOMER.email}`)],
  ["base64 of it behind two", btoa(`::${VALUE}${CUSTOMER.email}`)],
  ["base64 in lines", (bytes.toString("base64").match(/.{1,76}/g) ?? []).join("\r\n")],
  ["hexadecimal digits", bytes.toString("hex")],
  ["hexadecimal digits in capitals", bytes.toString("hex").toUpperCase()],
  ["UTF-16", Buffer.from(TEXT, "utf16le")],
  ["gzip", gzipSync(bytes)],
  ["zlib", deflateSync(bytes)],
  ["a row's gzip in base64", `gzip:${gzipSync(bytes.toString("base64")).toString("base64")}`],
  [
    "a row's base64 of JSON with base64",
    `raw:${Buffer.from(JSON.stringify([bytes.toString("base64")])).toString("base64")}`,
  ],
])("finds what is in %s", (_where, what) => {
  expect(find(what)).toEqual(["KEY", "e-mail"]);
});

it("finds half a secret", () => {
  expect(find(`…${VALUE.slice(0, 22)}`)).toEqual(["KEY"]);
  expect(find(`${VALUE.slice(-22)}…`)).toEqual(["KEY"]);
});

it("finds nothing where nothing is", () => {
  expect(find(`gzip:${gzipSync(JSON.stringify({ key: traceOf("c") })).toString("base64")}`)).toEqual([]);
});
