// The words of a request, which no incident repeats.

import { describe, expect, it } from "vitest";
import { encodeUtf8, goneColumn, gzip, toColumn } from "../../../src/ledger/content.ts";
import { messageShape } from "../../../src/ledger/message-shape.ts";
import { wordsOfRequest } from "../../../src/ledger/request-words.ts";

/** The column of a request. */
function column(request: object): string {
  const whole = { method: "POST", url: ["https://crm.example.com/"], headers: [], ...request };
  return toColumn({ as: "raw", bytes: encodeUtf8(JSON.stringify(whole)) });
}

function words(request: object): string[] {
  return [...(wordsOfRequest(column(request)) ?? [])];
}

describe("the words of a request", () => {
  it.each<[string, object, string[]]>([
    [
      "the values of a body, not its names",
      { body: ['{"name":"Zoë O\'Neil","tags":["vip",7,null]}'] },
      ["zoë", "neil", "vip"],
    ],
    ["each part of what has dashes", { body: ['{"code":"Summer-Sale"}'] }, ["summer-sale", "summer", "sale"]],
    ["a body around secrets", { body: ['{"key":', { $secret: "K", as: "json" }, ',"to":"mira"}'] }, ["mira"]],
    ["a form", { body: ["name=zo%C3%AB+mira&x=1"] }, ["name", "zo%c3%ab+mira", "mira", "zoë"]],
    ["path and query, not the host", { url: ["https://crm.example.com/c/ada%20x?q=", "mira"] }, ["ada", "mira"]],
    [
      "headers, but for what they say of the body",
      {
        headers: [
          ["content-type", ["application/json"]],
          ["x-who", ["mira"]],
        ],
      },
      ["mira"],
    ],
    ["nothing, where there is no body", {}, []],
  ])("are %s", (_what, request, expected) => {
    expect(words(request)).toEqual(expect.arrayContaining(expected));
    for (const never of ["tags", "crm", "json", "application"]) expect(words(request)).not.toContain(never);
  });

  it("are those of a compressed one, too, and unknown of one that is kept elsewhere", () => {
    const bytes = gzip(encodeUtf8(JSON.stringify({ method: "POST", url: ["https://a.example/mira"], headers: [] })));
    expect([...(wordsOfRequest(toColumn({ as: "gzip", bytes })) ?? [])]).toEqual(["mira"]);
    expect(wordsOfRequest("claim:clm_1:200000")).toBeUndefined();
  });

  it.each(["", goneColumn("expired"), "raw:e30="])("are none of %j", (text) => {
    expect([...(wordsOfRequest(text) ?? ["?"])]).toEqual([]);
  });
});

describe("the shape of a message", () => {
  it("has none of them, however the target writes them", () => {
    const said = wordsOfRequest(column({ body: ['{"name":"Mira Halvorsen","code":"SUMMER-SALE"}'] }));
    expect(messageShape("mira halvorsen has no voucher summer-sale, or summer_sale", said)).toBe(
      "… has no voucher … or …",
    );
  });
});
