// What several processes want done at once is done by one after another, also when one of them was killed before it ended.

import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { oneAtATime } from "../../cli/local/one-at-a-time.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-lock-"));
const lock = join(folder, "lock");

afterAll(() => rmSync(folder, { recursive: true }));

it("lets one work while the others wait, and all come to their turn", async () => {
  const told: string[] = [];
  const work = (name: string) => async () => {
    told.push(`${name} begins`);
    await new Promise(setImmediate);
    told.push(`${name} ends`);
  };
  await Promise.all(["a", "b", "c"].map(async (name) => oneAtATime(lock, work(name))));
  expect(told).toHaveLength(6);
  for (const at of [0, 2, 4]) expect(told[at + 1]).toBe(told[at]?.replace("begins", "ends"));
  expect(existsSync(lock)).toBe(false);
});

it("lets the next one work when one fails", async () => {
  await expect(oneAtATime(lock, async () => Promise.reject(new Error("does not compile")))).rejects.toThrow("compile");
  let done = false;
  await oneAtATime(lock, async () => void (done = true));
  expect(done).toBe(true);
});

it("waits for no process that was killed a minute ago", async () => {
  writeFileSync(lock, "");
  const before = Date.now() / 1_000 - 61;
  utimesSync(lock, before, before);
  let done = false;
  await oneAtATime(lock, async () => void (done = true));
  expect(done).toBe(true);
});
