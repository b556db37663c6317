// The filter of the list of sendouts, as the address, the API and a terminal have it.

import { describe, expect, it } from "vitest";
import { withField, withInstants } from "../../../src/dashboard/components/list-filter.ts";
import {
  readFilter,
  toCommand,
  writeFilter,
  type Field,
  type SendoutFilter,
} from "../../../src/dashboard/pages/sendouts/filter.ts";

const NOW = Date.parse("2026-11-29T12:00:00.000Z");

describe("an address", () => {
  it.each<[string, SendoutFilter]>([
    ["", {}],
    ["?event=redemption.succeeded&target=crm", { event: "redemption.succeeded", target: "crm" }],
    ["?deliveryState=failed%2Cexpired&since=24h", { deliveryState: "failed,expired", since: "24h" }],
    ["?customer=ada%2Bnews%40example.com", { customer: "ada+news@example.com" }],
    ["?voucher=%3Cscript%3E%26%22", { voucher: '<script>&"' }],
  ])("%s is a filter, and the filter that address", (search, filter) => {
    expect(readFilter(search)).toEqual(filter);
    expect(readFilter(writeFilter(filter))).toEqual(filter);
  });

  it("is the same whatever the order in which the filter was made", () => {
    expect(writeFilter({ target: "crm", event: "a.b" })).toBe(writeFilter({ event: "a.b", target: "crm" }));
  });

  it("with names that are no field's, or empty values, is read without these", () => {
    expect(readFilter("?view=data&cursor=1.so&limit=9&target=&__proto__=x&route=%20")).toEqual({});
  });
});

describe("a field", () => {
  it("is set and taken off", () => {
    expect(withField<Field>({ target: "crm" }, "event", " order.paid ")).toEqual({
      target: "crm",
      event: "order.paid",
    });
    expect(withField<Field>({ target: "crm", event: "a.b" }, "event", undefined)).toEqual({ target: "crm" });
    expect(withField<Field>({ target: "crm" }, "target", "  ")).toEqual({});
  });
});

describe("the router is asked", () => {
  it("for lengths of time as instants", () => {
    expect(withInstants({ since: "24h", until: "15m" }, NOW)).toEqual({
      since: "2026-11-28T12:00:00.000Z",
      until: "2026-11-29T11:45:00.000Z",
    });
  });

  it("for everything else as it is, also for what it will refuse", () => {
    expect(withInstants({ since: "yesterday", state: "lost" }, NOW)).toEqual({ since: "yesterday", state: "lost" });
  });
});

describe("a command", () => {
  it("has the filter as flags", () => {
    expect(toCommand({ event: "redemption.succeeded", deliveryState: "failed,expired", since: "24h" })).toBe(
      "npx signalbox search --event redemption.succeeded --delivery-state failed,expired --since 24h",
    );
  });

  it("quotes what a shell would take for something else", () => {
    expect(toCommand({ voucher: "IT'S $5; rm -rf" })).toBe(
      String.raw`npx signalbox search --voucher 'IT'\''S $5; rm -rf'`,
    );
  });
});
