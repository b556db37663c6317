import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HAPPENED_AT, RECEIVED_AT } from "../at-once.ts";
import { failureOf, valueOf } from "../run.ts";

const AT = "2026-10-05T08:15:30.250Z";
const MS = Date.UTC(2026, 9, 5, 8, 15, 30, 250);

const data = {
  at: AT,
  micros: "2026-10-05T08:15:30.250123Z",
  ms: MS,
  day: "2026-10-05",
  noZone: "2026-10-05T08:15:30",
  offset: "2026-10-05T10:15:30.250+02:00",
  before: "1969-12-31T23:59:59.999Z",
  empty: "",
  nil: null,
  // Clocks in Oslo went forward at 01:00 UTC on 29 March 2026 and back at 01:00 UTC on 25 October.
  spring: ["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"],
  autumn: ["2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z"],
  zone: "Europe/Oslo",
};

describe.each<[string, [string, unknown][]]>([
  [
    "$toMillis and $unixMs",
    [
      ["$toMillis(at)", MS],
      ["$unixMs(at)", MS],
      ["$unixMs(micros)", MS],
      ["$unixMs(ms)", MS],
      ["$unixMs(ms + 0.9)", MS],
      ["$unixMs(day)", Date.UTC(2026, 9, 5)],
      ["$unixMs(noZone)", Date.UTC(2026, 9, 5, 8, 15, 30)],
      ["$unixMs(offset)", MS],
      ["$unixMs(before)", -1],
      ["$unixMs(0)", 0],
      ["$unixMs(8640000000000000)", 8_640_000_000_000_000],
      ["$unixMs(missing)", undefined],
      ["$unixMs(nil)", undefined],
      ["$unixMs(empty)", undefined],
    ],
  ],
  [
    "$unix",
    [
      ["$unix(at)", Math.floor(MS / 1_000)],
      ["$unix(day)", Date.UTC(2026, 9, 5) / 1_000],
      ["$unix(before)", -1],
      ["$unix(missing)", undefined],
    ],
  ],
  [
    "$iso and $fromMillis",
    [
      ["$iso(ms)", AT],
      ["$fromMillis(ms)", AT],
      ["$iso(offset)", AT],
      ["$iso(micros)", AT],
      ["$iso(day)", "2026-10-05T00:00:00.000Z"],
      ["$iso(0)", "1970-01-01T00:00:00.000Z"],
      ["$iso(-62198755200000)", "-000001-01-01T00:00:00.000Z"],
      ["$iso(nil)", undefined],
    ],
  ],
  [
    "$date",
    [
      ["$date(at)", "2026-10-05"],
      ["$date(at, 'dd.MM.yyyy HH:mm:ss.SSS')", "05.10.2026 08:15:30.250"],
      ["$date(at, 'dd.MM.yyyy HH:mm', 'Europe/Oslo')", "05.10.2026 10:15"],
      ["$date(at, 'EEEE d MMMM yyyy, h a', 'America/New_York')", "Monday 5 October 2026, 4 AM"],
      ["$date(at, 'HH:mm', 'Asia/Kathmandu')", "14:00"],
      ["$date(at, 'yyyy-MM-dd', 'Pacific/Auckland')", "2026-10-05"],
      ["$date('2026-10-05T12:00:00Z', 'yyyy-MM-dd', 'Pacific/Auckland')", "2026-10-06"],
      ["$date(at, \"yyyy-MM-dd'T'HH:mm:ssXXX\", 'Europe/Oslo')", "2026-10-05T10:15:30+02:00"],
      ["$date(at, 'HH:mm', '+05:30')", "13:45"],
      ["$date(at, 'HH:mm', 'utc')", "08:15"],
      ["$date(at, \"'Day' d 'of' MMMM\")", "Day 5 of October"],
      ["$date(ms, 'X')", "Z"],
      ["$map(spring, function($at) { $date($at, 'HH:mm:ss', zone) })", ["01:59:59", "03:00:00"]],
      ["$map(autumn, function($at) { $date($at, 'HH:mm:ssXXX', zone) })", ["02:59:59+02:00", "02:00:00+01:00"]],
      ["$map(spring, $date)", ["2026-03-29", "2026-03-29"]],
      ["$date(missing, 'yyyy')", undefined],
      ["$date(nil, 'yyyy', 'nowhere')", undefined],
      ["$date(empty)", undefined],
    ],
  ],
  [
    "$now and $millis",
    [
      ["$now()", new Date(RECEIVED_AT).toISOString()],
      ["$millis()", RECEIVED_AT],
      ["$unix($now())", Math.floor(RECEIVED_AT / 1_000)],
      ["$millis() - $unixMs(at)", RECEIVED_AT - HAPPENED_AT],
    ],
  ],
])("%s", (_name, cases) => {
  it.each(cases)("gives for %s", async (expression, value) => {
    expect(await valueOf(expression, data)).toEqual(value);
  });
});

describe("a function about instants", () => {
  const INSTANT = "takes an instant: 2026-10-05T08:15:30.250Z, a date, or milliseconds since 1970";

  it.each([
    ["$toMillis('2024-02-30')", `$toMillis ${INSTANT}`],
    ["$unix('yesterday')", `$unix ${INSTANT}`],
    ["$unix('2026-10-05 08:15')", `$unix ${INSTANT}`],
    ["$unix('2026-10-05T25:00:00Z')", `$unix ${INSTANT}`],
    ["$unix('1791188130')", `$unix ${INSTANT}`],
    ["$iso(8640000000000001)", `$iso ${INSTANT}`],
    ["$iso(true)", `$iso ${INSTANT}`],
    ["$date(spring)", `$date ${INSTANT}`],
    ["$date(at, 'yyyy', 'Europe/Nowhere')", "$date takes a time zone like Europe/Oslo"],
    ["$date(at, 'yyyy', 'nonsense+01:00')", "$date takes a time zone like Europe/Oslo"],
    ["$date(at, 'yyyy', '')", "$date takes a time zone like Europe/Oslo"],
    ["$date(at, 'yyyy', spring)", "$date takes a text"],
    ["$date(at, '')", "$date takes a pattern like 'yyyy-MM-dd HH:mm'"],
    ["$date(at, 'n')", "$date takes a pattern like 'yyyy-MM-dd HH:mm'"],
    [
      "$date(at, 'YYYY-MM-DD')",
      "$date writes years as yyyy and days as dd; YYYY is the year of the week, DD the day of the year",
    ],
    ["$date(at, $pad('', 101, 'd'))", "$date takes a pattern up to 100 characters"],
    ["$date(at, spring)", "$date takes a text"],
  ])("fails for %s", async (expression, message) => {
    expect(await failureOf(expression, data)).toBe(`template_expression_failed: ${message}`);
  });

  it("writes nothing of the payload into the log", async () => {
    const log = (["log", "warn", "error"] as const).map((name) => vi.spyOn(console, name).mockImplementation(() => {}));
    for (const pattern of ["YYYY", "DD", "YY", "D", "dd'YYYY'", "'"]) {
      await valueOf(`$date(at, "${pattern}")`, data).catch(() => undefined); // some of them fail, which is not the point
    }
    for (const spy of log) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe("the time that expressions know", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 1) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is that of the receipt, however much later the request is rendered", async () => {
    expect(await valueOf("$now() & ' ' & $millis()")).toBe(`${new Date(RECEIVED_AT).toISOString()} ${RECEIVED_AT}`);
  });
});
