// What a table may require of senders: what is refused at publish, by path, and which secrets it needs.

import { describe, expect, it } from "vitest";
import { compileTable } from "../../../src/routing/compile.ts";
import { secretUses } from "../../../src/routing/secret-uses.ts";

function createDocument(requires: unknown, auth: unknown = { secrets: ["SIGNING"] }) {
  return { inlets: { shop: { auth, requires } }, targets: {}, routes: [] };
}

function issuesOf(document: unknown) {
  const compiled = compileTable(document);
  return compiled.ok ? [] : compiled.issues;
}

const HEADER = { name: "x-shop-key", secret: "SHOP_HEADER" };
const NAME_MESSAGE = "Voucherify sends headers whose names have lowercase letters, digits and dashes only";
const TAKEN_MESSAGE =
  "this header belongs to HTTP, Cloudflare or Voucherify; choose a name of your own, like x-signalbox-key";
const SECRET_MESSAGE = "a secret's name has capitals, digits and underscores, like BRAZE_KEY";
const ADDRESS_MESSAGE = "expected eu1, us1, as1, or one IPv4 or IPv6 address";
const ADMIN_MESSAGE = "the admin token is not given to senders";

describe("requires", () => {
  it.each([
    ["each factor alone: a token", { pathToken: "SHOP_TOKEN" }, ["SHOP_TOKEN"]],
    ["each factor alone: a header", { header: HEADER }, ["SHOP_HEADER"]],
    ["each factor alone: addresses", { addresses: ["eu1", "203.0.113.7", "2001:DB8::7"] }, []],
    ["all of them", { pathToken: "A", header: HEADER, addresses: ["as1"] }, ["A", "SHOP_HEADER"]],
    ["the header that carries credentials", { header: { name: "authorization", secret: "A" } }, ["A"]],
  ])("takes %s, beside a signature and without one", (_name, requires, secrets) => {
    for (const auth of [{ secrets: ["SIGNING"] }, "none"]) {
      const compiled = compileTable(createDocument(requires, auth));
      if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
      const names = [...secretUses(compiled.value).keys()];
      expect(names.toSorted()).toEqual([...secrets, ...(auth === "none" ? [] : ["SIGNING"])].toSorted());
    }
  });

  it("leaves addresses as they were written: the document is what people read", () => {
    const addresses = ["us1", "::ffff:203.0.113.7", "2001:0DB8::0007"];
    const compiled = compileTable(createDocument({ addresses }));
    expect(compiled.ok && compiled.value.inlets.get("shop")?.requires).toEqual({ addresses });
  });

  it.each([
    ["nothing", {}, "", "expected pathToken, header or addresses"],
    ["another type", "token", "", "expected Object"],
    ["a key nobody knows", { pathToken: "A", token: "x" }, ".token", "this key is not known here"],
    ["a secret in place of its name", { pathToken: "hush-1234" }, ".pathToken", SECRET_MESSAGE],
    ["a header without a name", { header: { secret: "A" } }, ".header.name", "this is missing"],
    ["a header without a secret", { header: { name: "x-a" } }, ".header.secret", "this is missing"],
    [
      "a header's secret in place of its name",
      { header: { ...HEADER, secret: "hush" } },
      ".header.secret",
      SECRET_MESSAGE,
    ],
    ["no address", { addresses: [] }, ".addresses", "expected at least one region or address"],
    [
      "too many addresses",
      { addresses: Array.from({ length: 101 }, () => "eu1") },
      ".addresses",
      "expected at most 100 regions and addresses",
    ],
    ["a region nobody knows", { addresses: ["eu1", "eu2"] }, ".addresses.1", ADDRESS_MESSAGE],
    ["a range", { addresses: ["203.0.113.0/24"] }, ".addresses.0", ADDRESS_MESSAGE],
    ["a host name", { addresses: ["eu1.voucherify.io"] }, ".addresses.0", ADDRESS_MESSAGE],
    ["the admin token as path token", { pathToken: "SIGNALBOX_ADMIN_TOKEN" }, ".pathToken", ADMIN_MESSAGE],
    [
      "the admin token as a header",
      { header: { ...HEADER, secret: "SIGNALBOX_ADMIN_TOKEN" } },
      ".header.secret",
      ADMIN_MESSAGE,
    ],
  ])("refuses %s", (_name, requires, place, message) => {
    expect(issuesOf(createDocument(requires))).toEqual([{ path: `inlets.shop.requires${place}`, message }]);
  });

  it.each(["X-Shop-Key", "x_shop_key", "x shop", "", "x-käse", "x.key", "x".repeat(101), "x-key\n"])(
    "refuses the header name %j, which Voucherify cannot send",
    (name) => {
      expect(issuesOf(createDocument({ header: { ...HEADER, name } }))[0]).toEqual({
        path: "inlets.shop.requires.header.name",
        message: NAME_MESSAGE,
      });
    },
  );

  it.each([
    "content-type",
    "content-length",
    "host",
    "user-agent",
    "accept",
    "connection",
    "cookie",
    "transfer-encoding",
    "x-voucherify-signature",
    "cf-connecting-ip",
    "x-forwarded-for",
    "x-real-ip",
    "sec-fetch-site",
    "proxy-authorization",
  ])("refuses the header name %s, which somebody else sets", (name) => {
    expect(issuesOf(createDocument({ header: { ...HEADER, name } }))).toEqual([
      { path: "inlets.shop.requires.header.name", message: TAKEN_MESSAGE },
    ]);
  });

  it.each([
    ["of the same inlet", { shop: { auth: { secrets: ["KEY"] } } }],
    ["of another inlet", { shop: { auth: "none" }, till: { auth: { secrets: ["OLD", "KEY"] } } }],
  ])("refuses a secret that signs %s: it would travel with what it signs", (_name, inlets) => {
    const requires = { pathToken: "KEY", header: { name: "x-shop-key", secret: "KEY" } };
    const message = "KEY signs sendouts and is not sent along with them";
    expect(issuesOf({ inlets: { ...inlets, shop: { ...inlets.shop, requires } }, targets: {}, routes: [] })).toEqual([
      { path: "inlets.shop.requires.pathToken", message },
      { path: "inlets.shop.requires.header.secret", message },
    ]);
  });

  it.each([
    { pathToken: "hush-1234" },
    { header: { name: "x-a", secret: "hush-1234" } },
    { header: { name: "hush 1234", secret: "A" } },
    { addresses: ["hush-1234"] },
    { token: "hush-1234" },
  ])("does not repeat what is wrong: %j", (requires) => {
    const issues = issuesOf(createDocument(requires));
    expect(issues).toHaveLength(1);
    expect(JSON.stringify(issues)).not.toContain("hush");
  });
});
