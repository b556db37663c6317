import { describe, expect, it } from "vitest";
import { parsePath, resolveInEvent } from "../../../src/translation/path.ts";
import { valueAt } from "../../../src/voucherify/json-path.ts";
import { createSendout } from "../../fixtures/sendout.ts";

/** What a path finds in an object, or why the path cannot be read. */
function find(root: unknown, text: string): unknown {
  const path = parsePath(text);
  return path.ok ? valueAt(root, path.value) : path;
}

describe("parsePath", () => {
  it.each([
    ["customer", ["customer"]],
    ["customer.name", ["customer", "name"]],
    ["items.0.name", ["items", "0", "name"]],
    ["items[0].name", ["items", "0", "name"]],
    ["items[0][1]", ["items", "0", "1"]],
    ["0.name", ["0", "name"]],
    ["customer.first-name", ["customer", "first-name"]],
    ["customer.`first name`", ["customer", "first name"]],
    ["`a.b`.`c[0]`", ["a.b", "c[0]"]],
    ["`$webhook`", ["$webhook"]],
    ["$webhook.event.type", ["$webhook", "event", "type"]],
    ["_private.x1", ["_private", "x1"]],
    ["kunde.straße", ["kunde", "straße"]],
    ["客户.名", ["客户", "名"]],
    ["metadata.🎟", ["metadata", "🎟"]],
    ["__proto__.constructor", ["__proto__", "constructor"]],
  ])("reads %s", (text, path) => {
    expect(parsePath(text)).toEqual({ ok: true, value: path });
  });

  it.each([
    ["a leading dot", ".customer", 1],
    ["a trailing dot", "customer.", 9],
    ["two dots in a row", "customer..name", 9],
    ["a dot alone", ".", 1],
    ["a leading position", "[0].name", 1],
    ["an empty position", "items[]", 6],
    ["a position that is a name", "items[first]", 6],
    ["a negative position", "items[-1]", 6],
    ["an unclosed position", "items[0", 6],
    ["a dot before a position", "items.[0]", 6],
    ["a name right after a position", "items[0]name", 9],
    ["a leading hyphen", "-name", 1],
    ["a name that begins with a digit", "customer.1st", 11],
    ["a space", "customer name", 9],
    ["a space after a dot", "customer. name", 9],
    ["an empty quoted name", "customer.``", 9],
    ["an unclosed quoted name", "customer.`name", 9],
    ["two names without a dot", "`a``b`", 4],
    ["a sum", "a + b", 2],
    ["a call", "$sum(order.items)", 5],
    ["a filter", "items[price>1]", 6],
    ["a string", '"name"', 1],
    ["a wildcard", "items.*.name", 6],
    ["an opening brace", "{ name", 1],
  ])("refuses %s and says where", (_name, text, position) => {
    expect(parsePath(text)).toEqual({
      ok: false,
      reason: "path_invalid",
      detail: `"${text}" is not a plain path (character ${position}); write names with dots, like customer.name`,
    });
  });

  it("refuses an empty path", () => {
    expect(parsePath("")).toEqual({ ok: false, reason: "path_invalid", detail: "the path is empty" });
  });

  it("refuses a path of more than 400 characters", () => {
    expect(parsePath("a".repeat(400))).toEqual({ ok: true, value: ["a".repeat(400)] });
    expect(parsePath("a".repeat(401))).toEqual({
      ok: false,
      reason: "path_invalid",
      detail: "the path is longer than 400 characters",
    });
  });
});

describe("valueAt", () => {
  const order = {
    items: [{ name: "lamp", tags: ["warm", "brass"] }, { name: "wick" }],
    "first-name": "Zoë",
    "a.b": { "c d": 1 },
    size: { length: 3 },
    total: 0,
    paid: false,
    note: "",
    coupon: null,
  };

  it.each([
    ["items.0.name", "lamp"],
    ["items[0].name", "lamp"],
    ["items[1].name", "wick"],
    ["items[0].tags.1", "brass"],
    ["items[0].tags[1]", "brass"],
    ["items[0].tags", ["warm", "brass"]],
    ["size.length", 3],
    ["first-name", "Zoë"],
    ["`first-name`", "Zoë"],
    ["`a.b`.`c d`", 1],
    ["total", 0],
    ["paid", false],
    ["note", ""],
    ["coupon", null],
  ])("finds %s", (path, value) => {
    expect(find(order, path)).toEqual(value);
  });

  it.each([
    "nothing",
    "nothing.more",
    "coupon.code",
    "total.toFixed",
    "note.length",
    "first-name.0",
    "items.2",
    "items[2].name",
    "items.name",
    "items[00]",
    "items.length",
    "items[0].tags.length",
    "items.`length`",
    "items.length.more",
    "a.b",
  ])("finds nothing at %s", (path) => {
    expect(find(order, path)).toBeUndefined();
  });

  it.each([
    "constructor",
    "constructor.name",
    "__proto__",
    "__proto__.toString",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "items.map",
    "items.constructor",
    "items[0].__proto__",
  ])("does not see the inherited %s", (path) => {
    expect(find(order, path)).toBeUndefined();
  });

  it("sees __proto__ and constructor when they are the payload's own keys", () => {
    const payload: unknown = JSON.parse('{"__proto__":{"name":"own"},"constructor":{"name":"own too"}}');
    expect(find(payload, "__proto__.name")).toBe("own");
    expect(find(payload, "constructor.name")).toBe("own too");
    expect(find(payload, "__proto__.toString")).toBeUndefined();
  });

  it.each([[undefined], [null], ["text"], [42]])("finds nothing in %s", (root) => {
    expect(find(root, "name")).toBeUndefined();
  });

  it("answers an empty path with the root itself", () => {
    expect(valueAt(order, [])).toBe(order);
  });
});

describe("resolveInEvent", () => {
  const sendout = createSendout({ data: { event: { type: "data's own" }, id: "data's id" } });

  it.each([
    ["event.type", "data's own"],
    ["id", "data's id"],
    ["source.id", undefined],
    ["$webhook.event.type", "redemption.succeeded"],
    ["$webhook.id", sendout.id],
    ["$webhook.source.object", "webhook"],
    ["$webhook.data.id", "data's id"],
    ["$webhook.nothing", undefined],
    ["$webhook", sendout],
    ["event.$webhook.id", undefined],
  ])("takes bare names from data and $webhook from the envelope: %s", (text, value) => {
    const path = parsePath(text);
    expect(path.ok && resolveInEvent(sendout, path.value)).toEqual(value);
  });
});
