// Blocks are made some minutes behind, and whatever comes late, twice or from an older release is found all the same.

import { beforeEach, describe, expect, it } from "vitest";
import { writeEntries } from "../../../src/ledger/record.ts";
import { sealBlocks } from "../../../src/ledger/seal-blocks.ts";
import { personalTerm } from "../../../src/ledger/terms.ts";
import { brokenD1, workingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { startOver } from "../start-over.ts";
import { createSearched, entriesOf, findSendouts, SEARCH_KEY, type Searched } from "./searched.ts";

/** Long after all of them: each has settled. */
const LATER = SENT_AT + 24 * 3_600_000;

beforeEach(startOver);

/** Writes the sendouts with these numbers, each with a voucher of its own. */
async function write(numbers: readonly number[], told: Parameters<typeof createSearched>[1] = {}): Promise<void> {
  const all = numbers.map((n): Searched => createSearched(n, { vouchers: [`C-${n}`], ...told }));
  for (let at = 0; at < all.length; at += 300) await writeEntries(workingD1(), entriesOf(all.slice(at, at + 300)));
}

/** Even numbers: odd ones come late. */
const EVEN = Array.from({ length: 1_100 }, (_, index) => index * 2);

async function blocks(): Promise<unknown[]> {
  const { results } = await workingD1().prepare("SELECT from_at, to_at, seen FROM search_blocks ORDER BY 1").all();
  return results;
}

const findVoucher = async (code: string) =>
  findSendouts(workingD1(), { voucher: [personalTerm("voucher", code, SEARCH_KEY)] }, 10);

const idOf = (n: number) => createSearched(n).row.id;

/** The last of the first 1,024. */
const FIRST_END = SENT_AT + 2_046_000;

describe("sealBlocks", () => {
  it("makes a block of a thousand that have settled, and none of fewer or newer ones", async () => {
    await write(EVEN.slice(0, 1_023));
    await sealBlocks(workingD1(), LATER);
    expect(await blocks()).toEqual([]);
    await write(EVEN.slice(1_023));
    await sealBlocks(workingD1(), FIRST_END + 9 * 60_000);
    expect(await blocks()).toEqual([]);
    await sealBlocks(workingD1(), FIRST_END + 10 * 60_000);
    expect(await blocks()).toEqual([{ from_at: 0, to_at: FIRST_END, seen: "whole" }]);
    await sealBlocks(workingD1(), LATER);
    expect(await blocks()).toHaveLength(1);
  });

  it("makes a block again that a late sendout has joined, which is found before and after", async () => {
    await write(EVEN);
    await sealBlocks(workingD1(), LATER);
    await write([501]);
    expect(await blocks()).toEqual([{ from_at: 0, to_at: FIRST_END, seen: "stale" }]);
    expect(await findVoucher("C-501")).toEqual([idOf(501)]);
    await sealBlocks(workingD1(), LATER);
    expect(await blocks()).toEqual([{ from_at: 0, to_at: FIRST_END, seen: "whole" }]);
    expect([await findVoucher("C-501"), await findVoucher("C-500")]).toEqual([[idOf(501)], [idOf(500)]]);
  });

  it("leaves blocks alone where a late sendout is in none", async () => {
    await write(EVEN);
    await sealBlocks(workingD1(), LATER);
    await write([2_199]);
    expect(await blocks()).toMatchObject([{ seen: "whole" }]);
    expect(await findVoucher("C-2199")).toEqual([idOf(2_199)]);
  });

  it("knows which blocks have sendouts without terms, and those are found by their columns", async () => {
    await write(EVEN.slice(1));
    await write([0], { terms: null, event_type: "campaign.enabled" });
    await sealBlocks(workingD1(), LATER);
    expect(await blocks()).toMatchObject([{ seen: "partly" }]);
    expect(await findSendouts(workingD1(), { eventType: "campaign.enabled" }, 10)).toEqual([idOf(0)]);
  });

  it("makes nothing when D1 fails in the middle, and all of it the next time", async () => {
    await write(EVEN);
    const broken = brokenD1({ when: (sql) => sql.includes("INTO search_blocks") });
    await expect(sealBlocks(broken, LATER)).rejects.toThrow("D1_ERROR");
    expect(await blocks()).toEqual([]);
    expect(await findVoucher("C-10")).toEqual([idOf(10)]);
    await Promise.all([sealBlocks(workingD1(), LATER), sealBlocks(workingD1(), LATER)]);
    expect(await blocks()).toHaveLength(1);
    expect(await findVoucher("C-10")).toEqual([idOf(10)]);
  });
});
