// Nothing that stands at a masked path is shown, however a request was made of it; everything else is.

import { describe, expect, it } from "vitest";
import { HIDDEN_BODY } from "../../../src/masking/mask-body.ts";
import { createMasker } from "../../../src/masking/masker.ts";
import { MASKING_DEFAULT, type Masking } from "../../../src/masking/settings.ts";
import { EVENT_TYPES } from "../../../src/voucherify/catalogue.ts";
import { exampleSendout } from "../../../src/voucherify/examples.ts";

const masking = (...paths: string[]): Masking => ({ ...MASKING_DEFAULT, paths });

describe("a payload", () => {
  const PAYLOAD = {
    type: "redemption.succeeded",
    data: {
      customer: {
        id: "cust_1",
        email: "ada@example.com",
        metadata: { age: 36, vip: true, tags: ["a", "b"], nothing: null },
      },
      vouchers: [{ code: "A-1" }, { code: "B-2", campaign: "Autumn" }],
    },
  };

  it.each([
    ["email", { customer: { email: "•••" } }, ["data.customer.email"]],
    ["customer.email", { customer: { email: "•••" } }, ["data.customer.email"]],
    ["data.customer.email", { customer: { email: "•••" } }, ["data.customer.email"]],
    ["*.email", { customer: { email: "•••" } }, ["data.customer.email"]],
    ["**.email", { customer: { email: "•••" } }, ["data.customer.email"]],
    ["data.**.email", { customer: { email: "•••" } }, ["data.customer.email"]],
    ["data.*.email", { customer: { email: "•••" } }, ["data.customer.email"]],
    ["vouchers.code", { vouchers: [{ code: "•••" }, { code: "•••", campaign: "Autumn" }] }, ["data.vouchers[].code"]],
    [
      "metadata",
      { customer: { metadata: { age: 0, vip: false, tags: ["•••", "•••"], nothing: null } } },
      ["data.customer.metadata.age", "data.customer.metadata.vip", "data.customer.metadata.tags[]"],
    ],
  ])("is masked at %s", (path, data, places) => {
    const masker = createMasker(PAYLOAD, masking(path));
    expect(masker.payload).toMatchObject({ type: "redemption.succeeded", data });
    expect(masker.places).toEqual(places);
  });

  it.each(["mail", "customer.mail", "vouchers.email", "other.email", "email.customer", "data.email", "e*"])(
    "is not masked elsewhere by %s",
    (path) => {
      const masker = createMasker({ data: { customer: { email: "ada@example.com" } } }, masking(path));
      expect(masker.places).toEqual([]);
    },
  );

  it("is masked inside texts that are JSON themselves", () => {
    const masker = createMasker({ customer_json: '{"email":"ada@example.com","id":"1"}' }, masking("email"));
    expect(masker.payload).toEqual({ customer_json: '{"email":"•••","id":"1"}' });
  });

  it("says nothing of a masked text's length", () => {
    const values = ["a", "a@b.example", "x".repeat(500)].map(
      (email) => createMasker({ email }, masking("email")).payload,
    );
    expect(new Set(values.map((value) => JSON.stringify(value))).size).toBe(1);
  });
});

describe("what was made of a payload", () => {
  const CUSTOMER = {
    name: "Ada O'Neil-Łącka",
    email: "ada+news@example.com",
    phone: "+48 500 100 200",
    city: 'Łódź & "Co"',
    country: "PL",
    age: 36,
  };
  const masker = createMasker({ customer: CUSTOMER }, masking("customer"));
  const SHOWN = /ada|neil|cka|news@|news%40|500 ?100|dź|d%C5|u0142|bmV3cw/i;

  it.each([
    ["in a sentence", "Hello Ada O'Neil-Łącka (ada+news@example.com), call +48 500 100 200"],
    ["in upper case", "ADA+NEWS@EXAMPLE.COM"],
    ["in a URL", `https://x.example/${encodeURIComponent(CUSTOMER.email)}?n=${encodeURIComponent(CUSTOMER.name)}`],
    ["in a URL inside a URL", encodeURIComponent(encodeURIComponent(CUSTOMER.email))],
    ["in a form", String(new URLSearchParams({ name: CUSTOMER.name, city: CUSTOMER.city, phone: CUSTOMER.phone }))],
    ["in markup", "<b>Ada O&#39;Neil-Łącka</b> <i>Ada O&apos;Neil-Łącka</i> Łódź &amp; &quot;Co&quot;"],
    ["in JSON written in ASCII", String.raw`say "Ada O'Neil-\u0141\u0105cka" and more`],
    ["in a shell's quotes", String.raw`curl -d '{"n":"Ada O'\''Neil-Łącka"}'`],
    ["by the parts of a name", "Dear Ada, dear Mr O'Neil-Łącka"],
    ["as digits alone", "tel:48500100200"],
    ["in base64", `x ${btoa(CUSTOMER.email)} y`],
    ["in hexadecimal", `x ${new TextEncoder().encode(CUSTOMER.email).toHex()} y`],
  ])("has no masked value %s", (_name, text) => {
    expect(text).toMatch(/[a-z0-9]/i);
    expect(masker.body(text)).not.toMatch(SHOWN);
  });

  it.each([
    ["short values stay inside other words", "PLEASE call 360", "PLEASE call 360"],
    ["short values are masked as words", "From PL, age 36.", "From •••, age •••."],
    ["JSON keeps its shape", '{"a":["PL",36,360,"PLEASE"],"b":null}', '{"a":["•••",0,360,"PLEASE"],"b":null}'],
    ["names of JSON are texts too", '{"ada+news@example.com":1}', '{"•••":1}'],
    [
      "JSON inside JSON",
      JSON.stringify({ a: JSON.stringify({ e: CUSTOMER.email }) }),
      String.raw`{"a":"{\"e\":\"•••\"}"}`,
    ],
  ])("%s", (_name, text, expected) => {
    expect(masker.body(text)).toBe(expected);
  });

  it.each([
    ["a hash", `id=${"5f".repeat(32)}`],
    ["encoded bytes", btoa("Ada and much more of it, in one long run of base64")],
    ["bytes that are no text", "abc\uFFFDdef"],
  ])("is hidden whole when it may be %s", (_name, text) => {
    expect(masker.body(text)).toBe(HIDDEN_BODY);
    expect(masker.body(JSON.stringify({ a: text, b: "x" }))).toBe('{"a":"•••","b":"x"}');
  });

  it("is shown as it is where nothing is masked", () => {
    const nothing = createMasker({ customer: CUSTOMER }, masking("order"));
    const text = `Ada ${"5f".repeat(32)}`;
    expect(nothing.body(text)).toBe(text);
  });

  it("keeps a request's secrets where they are", () => {
    const request = {
      method: "POST",
      url: ["https://x.example/", { $secret: "PATH", as: "path" as const }, "/ada+news@example.com"],
      headers: [["x-who", ["Ada ", { $secret: "KEY", as: "text" as const }]]] as [
        string,
        (string | { $secret: string; as: "text" })[],
      ][],
      body: ['{"key":', { $secret: "KEY", as: "json" as const }, ',"to":"ada+news@example.com"}'],
    };
    expect(masker.request(request)).toEqual({
      method: "POST",
      url: ["https://x.example/", { $secret: "PATH", as: "path" }, "/•••"],
      headers: [["x-who", ["••• ", { $secret: "KEY", as: "text" }]]],
      body: ['{"key":', { $secret: "KEY", as: "json" }, ',"to":"•••"}'],
    });
  });

  it("cannot name a secret that is not there", () => {
    const body = ["\u{F0000}0\u{F0001} and ", { $secret: "KEY", as: "text" as const }];
    const masked = masker.request({ method: "POST", url: [], headers: [], body });
    expect(masked.body).toEqual(["0 and ", { $secret: "KEY", as: "text" }]);
  });

  it.each([
    ['{"message":"unknown","email":"Zoe@exam', '{"message":"unknown","email":"•••'],
    ["to=zoe%40exa", "to=•••"],
    ["about zoe@example.com and zo", "about ••• and zo"],
    ["about zoe@example.org", "about zoe@example.org"],
  ])("has no beginning of a value at its end, where it may have been cut: %s", (text, shown) => {
    expect(createMasker({ email: "zoe@example.com" }, masking("email")).body(text)).toBe(shown);
  });

  it("is hidden whole when there is too much to look for", () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, `value ${index}`]));
    expect(createMasker({ many }, masking("many")).body("value 1 and other things")).toBe("•••");
  });
});

describe("the paths by default", () => {
  const people = EVENT_TYPES.map((type) => [type, exampleSendout(type)] as const).filter(([, body]) =>
    /@example|"phone":"|"code":"/.test(JSON.stringify(body)),
  );

  it.each(people)("leave no e-mail address, phone number or voucher code in %s", (_type, body) => {
    const text = JSON.stringify(createMasker(body, MASKING_DEFAULT).payload);
    expect(text).not.toMatch(/[\w.+-]+@[\w-]+\.\w+/);
    expect(text).not.toMatch(/"(?:phone|code)":"(?!•••)./);
  });
});
