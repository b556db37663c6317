import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  expandAddress,
  isVoucherifyAddress,
  normaliseAddress,
  VOUCHERIFY_ADDRESSES,
} from "../../../src/voucherify/addresses.ts";

describe("normaliseAddress", () => {
  it.each([
    ["an IPv4 address", "203.0.113.7", "203.0.113.7"],
    ["IPv6 as it is written short", "2001:db8::7", "2001:db8::7"],
    ["IPv6 in capitals", "2001:DB8::A7", "2001:db8::a7"],
    ["IPv6 in full", "2001:0db8:0000:0000:0000:0000:0000:0007", "2001:db8::7"],
    ["IPv6 with the longer run written out", "2001:db8:0:0:1::", "2001:db8:0:0:1::"],
    ["IPv6 that ends in an IPv4 address", "2001:db8::203.0.113.7", "2001:db8::cb00:7107"],
    ["IPv4 as IPv6", "::ffff:203.0.113.7", "203.0.113.7"],
    ["IPv4 as IPv6 in hexadecimal", "::FFFF:cb00:7107", "203.0.113.7"],
    ["IPv4 as IPv6 in full", "0:0:0:0:0:ffff:cb00:7107", "203.0.113.7"],
    ["the loopback address", "::1", "::1"],
    ["no address in particular", "::", "::"],
  ])("writes %s in its one spelling", (_name, text, expected) => {
    expect(normaliseAddress(text)).toBe(expected);
  });

  it.each([
    "",
    "eu1",
    "203.0.113",
    "203.0.113.",
    "203.0.113.7.",
    "203.0.113.256",
    "203.0.113.07",
    "0xcb.0.113.7",
    "3405803783",
    " 203.0.113.7",
    "203.0.113.7\n",
    "203.0.113.7:443",
    "203.0.113.0/24",
    "203.0.113.7, 203.0.113.8",
    "2001:db8::/32",
    "2001:db8::7%eth0",
    "[2001:db8::7]",
    "2001:db8::7]:80/x[",
    "2001:db8:::7",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "::ffff:203.0.113.256",
    "shop.example.com",
    "::g",
    ":".repeat(1_000),
  ])("takes %j for no address", (text) => {
    expect(normaliseAddress(text)).toBeUndefined();
  });

  it("leaves its own spelling as it is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = normaliseAddress(text);
        expect(address).toBeDefined();
        expect(normaliseAddress(address ?? "")).toBe(address);
      }),
      { numRuns: 1_000, seed: 3 },
    );
  });
});

describe("Voucherify's addresses", () => {
  it("are three for each region, in their one spelling, and no two the same", () => {
    const all = Object.values(VOUCHERIFY_ADDRESSES).flat();
    expect(Object.entries(VOUCHERIFY_ADDRESSES).map(([region, list]) => [region, list.length])).toEqual([
      ["eu1", 3],
      ["us1", 3],
      ["as1", 3],
    ]);
    expect(all.map(normaliseAddress)).toEqual(all);
    expect(new Set(all).size).toBe(9);
  });

  it("are known as such, and no others", () => {
    expect(Object.values(VOUCHERIFY_ADDRESSES).flat().every(isVoucherifyAddress)).toBe(true);
    expect(["203.0.113.7", "eu1", "", "34.247.197.2"].some(isVoucherifyAddress)).toBe(false);
  });
});

describe("expandAddress", () => {
  it.each([
    ["a region", "us1", ["100.25.106.67", "18.209.236.215", "34.192.255.99"]],
    ["an address", "2001:DB8::7", ["2001:db8::7"]],
    ["a region nobody knows", "eu2", []],
    ["a region in capitals", "EU1", []],
    ["an inherited name", "constructor", []],
  ])("makes of %s the addresses it stands for", (_name, text, expected) => {
    expect(expandAddress(text)).toEqual(expected);
  });
});
