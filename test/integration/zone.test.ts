// Pure code also runs in the command line, on machines in any time zone. workerd is always in UTC.

import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

it.each(["UTC", "America/New_York", "Asia/Kolkata"])("an instant without a zone is UTC on a machine in %s", (zone) => {
  const script = `
    import { readInstant } from "./src/voucherify/instant.ts";
    console.log(readInstant("2026-10-05T08:15:30"), readInstant("2026-10-05"));
  `;
  const env = { ...process.env, TZ: zone };
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { env, encoding: "utf8" });
  expect(stdout.trim()).toBe(`${Date.UTC(2026, 9, 5, 8, 15, 30)} ${Date.UTC(2026, 9, 5)}`);
});
