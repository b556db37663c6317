// The parts of the command line that need neither a router nor a process.

import { describe, expect, it } from "vitest";
import { parseSetting, withSettings, type Setting } from "../../cli/operate/set-value.ts";
import { ago, localTime, parseFutureInstant, parseInstant } from "../../cli/terminal/instant.ts";
import { printable, printableJson, printableLine } from "../../cli/terminal/printable.ts";
import { barOf } from "../../cli/terminal/progress.ts";
import { alignColumns } from "../../cli/text-table.ts";

const NOW = Date.UTC(2026, 10, 29, 12);

describe("times", () => {
  it.each([
    ["2h", "2026-11-29T10:00:00.000Z"],
    ["15m", "2026-11-29T11:45:00.000Z"],
    ["3d", "2026-11-26T12:00:00.000Z"],
    ["2026-11-22T08:00:00+01:00", "2026-11-22T07:00:00.000Z"],
  ])("are taken as people say them: %s", (text, instant) => {
    expect(parseInstant(text, NOW)).toBe(instant);
  });

  it.each(["", "h", "2w", "-1h", "1.5h", "tomorrow"])("that are none are refused: %j", (text) => {
    expect(() => parseInstant(text, NOW)).toThrow("is no time");
    expect(() => parseFutureInstant(text, NOW)).toThrow("is no time");
  });

  it("can be to come", () => {
    expect(parseFutureInstant("90d", NOW)).toBe("2027-02-27T12:00:00.000Z");
  });

  it.each([
    [0, "0 s ago"],
    [-5_000, "0 s ago"],
    [59_999, "59 s ago"],
    [90_000, "1 m ago"],
    [7_200_000, "2 h ago"],
    [200_000_000, "2 d ago"],
  ])("%i ms in the past are %s", (elapsedMs, text) => {
    expect(ago(new Date(NOW - elapsedMs).toISOString(), NOW)).toBe(text);
  });

  it("are shown in the reader's own zone", () => {
    const at = new Date(2026, 0, 2, 3, 4, 5);
    expect(localTime(at.toISOString())).toBe("2026-01-02 03:04:05");
  });
});

describe("text from elsewhere", () => {
  const EVIL = "a\u001B[31mb\u009Bc\u202Ed\u200Be\u007F\r\n\tf";

  it("is printed with all that a terminal would act on", () => {
    expect(printable(EVIL)).toBe(String.raw`a\u001b[31mb\u009bc\u202ed\u200be\u007f\r` + "\n" + String.raw`\tf`);
    expect(printableLine(EVIL)).not.toContain("\n");
    expect(printable("Ünïcödé 👩‍💻 is left alone")).toBe("Ünïcödé 👩‍💻 is left alone");
  });

  it("is the same document as JSON", () => {
    const json = printableJson(JSON.stringify({ [EVIL]: EVIL }, null, 2));
    expect(JSON.parse(json)).toEqual({ [EVIL]: EVIL });
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(json).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u200b]/);
  });
});

describe("columns", () => {
  const rows = [
    ["2026-11-29 12:00:00", "redemption.succeeded", { text: "so_0123456789", whole: true as const }, "crm"],
  ];

  it("give way to a narrow terminal, ids last of all", () => {
    for (const width of [70, 60, 50]) {
      const [line = ""] = alignColumns(rows, width);
      expect(line.length).toBeLessThanOrEqual(width);
      expect(line).toContain("so_0123456789");
    }
    expect(alignColumns(rows, 50)[0]).toContain("…");
    expect(alignColumns(rows)[0]).toBe("2026-11-29 12:00:00  redemption.succeeded  so_0123456789  crm");
  });

  it("are as wide as their text, whatever colour it has", () => {
    const paint = (text: string): string => `<${text}>`;
    expect(
      alignColumns([
        [{ text: "a", paint }, "b"],
        ["ccc", "d"],
      ]),
    ).toEqual(["<a  >  b", "ccc  d"]);
  });
});

describe("--set", () => {
  const set = (...texts: string[]): Setting[] =>
    texts.map((text) => {
      const setting = parseSetting(text);
      if (!setting.ok) throw new Error(setting.detail);
      return setting.value;
    });

  it("puts values where templates would read them", () => {
    const example = { type: "t", data: { customer: { name: "Ada" } }, event: { type: "t" } };
    const settings = set(
      "customer.name=Mira",
      "customer.metadata.vip=true",
      "order.items[0].quantity=2",
      "customer.note=a=b",
      "$webhook.event.type=another",
      'code="7"',
    );
    expect(withSettings(example, settings)).toEqual({
      type: "t",
      data: {
        customer: { name: "Mira", metadata: { vip: true }, note: "a=b" },
        order: { items: [{ quantity: 2 }] },
        code: "7",
      },
      event: { type: "another" },
    });
    expect(example.data.customer.name).toBe("Ada");
  });

  it.each(["name", "=1", "a b=1", "__proto__.polluted=1"])("refuses %j", (text) => {
    expect(parseSetting(text).ok).toBe(false);
  });

  it("reaches nothing beyond the example", () => {
    withSettings({ data: {} }, set("constructor.prototype.polluted=1"));
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("the bar", () => {
  it.each([
    [0, 10, 0],
    [5, 10, 15],
    [10, 10, 30],
    [20, 10, 30],
    [0, 0, 30],
  ])("%i of %i is %i long", (done, all, full) => {
    expect(barOf(done, all)).toBe("█".repeat(full) + "░".repeat(30 - full));
  });
});
