import { describe, expect, it } from "vitest";
import { readInstant } from "../../../src/voucherify/instant.ts";

describe("readInstant", () => {
  it.each([
    ["milliseconds", "2026-10-05T08:15:30.250Z", Date.UTC(2026, 9, 5, 8, 15, 30, 250)],
    ["microseconds", "2026-10-05T08:15:30.250999Z", Date.UTC(2026, 9, 5, 8, 15, 30, 250)],
    ["nanoseconds", "2026-10-05T08:15:30.250999999Z", Date.UTC(2026, 9, 5, 8, 15, 30, 250)],
    ["whole seconds", "2026-10-05T08:15:30Z", Date.UTC(2026, 9, 5, 8, 15, 30)],
    ["one digit of a second", "2026-10-05T08:15:30.2Z", Date.UTC(2026, 9, 5, 8, 15, 30, 200)],
    ["hours and minutes", "2026-10-05T08:15Z", Date.UTC(2026, 9, 5, 8, 15)],
    ["an offset to the east", "2026-10-05T10:15:30.250+02:00", Date.UTC(2026, 9, 5, 8, 15, 30, 250)],
    ["an offset to the west", "2026-10-05T03:15:30-05:00", Date.UTC(2026, 9, 5, 8, 15, 30)],
    ["an offset without a colon", "2026-10-05T10:15:30+0200", Date.UTC(2026, 9, 5, 8, 15, 30)],
    ["an offset into the day before", "2026-10-05T01:15:30+02:00", Date.UTC(2026, 9, 4, 23, 15, 30)],
    ["a date alone", "2026-10-05", Date.UTC(2026, 9, 5)],
    ["a leap day", "2028-02-29", Date.UTC(2028, 1, 29)],
    ["the last moment of a year", "2026-12-31T23:59:59.999Z", Date.UTC(2027, 0, 1) - 1],
    ["the dummy of the Payload designer", "2000-01-01T00:00:00.000Z", Date.UTC(2000, 0, 1)],
    ["1970", "1970-01-01T00:00:00.000Z", 0],
  ])("reads %s", (_name, text, instant) => {
    expect(readInstant(text)).toBe(instant);
  });

  it.each([
    ["nothing", ""],
    ["words", "last Tuesday"],
    ["words with a number", "version 5"],
    ["words before a date", "version 2026-10-05"],
    ["a number in text", "5"],
    ["milliseconds since 1970 in text", "1791188130250"],
    ["a year", "2026"],
    ["a month", "2026-10"],
    ["an American date", "10/05/2026"],
    ["an HTTP date", "Mon, 05 Oct 2026 08:15:30 GMT"],
    ["a space for the T", "2026-10-05 08:15:30Z"],
    ["a small t", "2026-10-05t08:15:30Z"],
    ["a comma before the fraction", "2026-10-05T08:15:30,250Z"],
    ["a date with an offset alone", "2026-10-05Z"],
    ["a line feed after it", "2026-10-05T08:15:30Z\n"],
    ["an hour that does not exist", "2026-10-05T25:15:30Z"],
    ["a minute that does not exist", "2026-10-05T08:60:30Z"],
    ["a month that does not exist", "2026-13-05T08:15:30.250Z"],
    ["30 February", "2026-02-30T08:15:30.250Z"],
    ["29 February of a common year", "2026-02-29"],
    ["31 April", "2026-04-31"],
    ["day nought", "2026-10-00"],
    ["a number", 1_791_188_130_250],
    ["null", null],
    ["nothing at all", undefined],
    ["a list", ["2026-10-05"]],
    ["an object", {}],
  ])("finds no instant in %s", (_name, text) => {
    expect(readInstant(text)).toBeNull();
  });
});
