// Whom a wrong token is counted against.

import { expect, it } from "vitest";
import { guesserOf } from "../../../src/admin/guesses.ts";

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:DB8:1:2::", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:db8:1::2:3:4:5", "2001:db8:1:0"],
  ["::1", "0:0:0:0"],
  ["fe80::", "fe80:0:0:0"],
])("%s counts as %s", (address, guesser) => {
  expect(guesserOf(address)).toBe(guesser);
});

it.each(["", "localhost", "2001:db8::1%eth0", "192.0.2.1:443"])("%s is no address", (text) => {
  expect(guesserOf(text)).toBeUndefined();
});
