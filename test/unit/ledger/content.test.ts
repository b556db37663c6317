// Bytes come back from queues, columns and claims exactly as they went in, at the borders of every form they take.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import {
  fromColumn,
  MESSAGE_CONTENT_BYTES_MAX,
  packedSize,
  packForQueue,
  toColumn,
  unpack,
} from "../../../src/ledger/content.ts";
import { bytes } from "../bytes.ts";
import { createBindings, downD1 } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { incompressible } from "../payloads.ts";

beforeEach(async () => {
  await reset();
});

const CASES: [name: string, content: Uint8Array<ArrayBuffer>, as: string, column: string][] = [
  ["nothing", new Uint8Array(0), "raw", "raw"],
  ["one byte", new Uint8Array([0]), "raw", "raw"],
  ["999 bytes", incompressible(999), "raw", "raw"],
  ["1,000 bytes", incompressible(1_000), "raw", "gzip"],
  ["60,000 bytes", incompressible(60_000), "raw", "gzip"],
  ["60,001 bytes that do not compress", incompressible(60_001), "gzip", "gzip"],
  ["60,001 bytes of text", bytes("x".repeat(60_001)), "gzip", "gzip"],
  ["2 MiB of text", bytes("voucher ".repeat(262_144)), "gzip", "gzip"],
  ["100,000 bytes that do not compress", incompressible(100_000), "claim", "claim"],
  ["1.5 MB that do not compress", incompressible(1_500_000), "claim", "claim"],
];

describe.each(CASES)("%s", (_name, content, as, column) => {
  it(`travels as ${as} and comes back the same`, async () => {
    const env = createBindings();
    const packed = await packForQueue(content, env);
    expect(packed.as).toBe(as);
    expect(packedSize(packed)).toBeLessThanOrEqual(MESSAGE_CONTENT_BYTES_MAX);
    const unpacked = await unpack(packed, createBindings());
    expect(unpacked?.toHex() === content.toHex()).toBe(true); // compared first: a diff of megabytes helps nobody
  });

  it(`rests in a column as ${column} and comes back the same`, async () => {
    const env = createBindings();
    const text = toColumn(await packForQueue(content, env));
    expect(text.split(":")[0]).toBe(column);
    expect(text.length).toBeLessThan(2_000_000);
    const unpacked = await unpack(fromColumn(text), createBindings());
    expect(unpacked?.toHex() === content.toHex()).toBe(true);
  });
});

describe("a claim", () => {
  it("is kept in pieces, each below D1's limit for one value", async () => {
    await packForQueue(incompressible(1_500_000), createBindings());
    const lengths = (await rowsOf("claims")).map((row) => [row["piece"], String(row["bytes"]).length]);
    expect(lengths.map(([piece]) => piece)).toEqual([0, 1]);
    for (const [, length] of lengths) expect(length).toBeLessThan(2_000_000);
  });

  it("is there as a whole or not at all", async () => {
    await expect(packForQueue(incompressible(1_500_000), createBindings({ LEDGER: downD1() }))).rejects.toThrow(
      "D1_ERROR",
    );
    expect(await rowsOf("claims")).toEqual([]);
  });

  it("that is gone has no bytes", async () => {
    const env = createBindings();
    expect(await rowsOf("claims")).toEqual([]);
    expect(await unpack({ as: "claim", id: "clm_gone", size: 1 }, env)).toBeUndefined();
  });
});

describe("fromColumn", () => {
  it.each(["", "zip:AAAA", "claim", "{}"])("refuses what the ledger never wrote: %j", (column) => {
    expect(() => fromColumn(column)).toThrow("a ledger column holds no content this version can read");
  });
});
