// A filter that cannot be answered counts as no, and is heard of: in the log, and in the row of a sendout that goes
// nowhere because of it.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { compileTable } from "../../../src/routing/compile.ts";
import { readSendout, routeSendout } from "../../../src/routing/route-sendout.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { createIngestMessage } from "../payloads.ts";

/** Stands in the payload; nothing of it may come out. */
const NAME = "Zoë-Łódź-7781";

const FAILS = "{{ customer.name * 2 > 0 }}";
const HOLDS = "{{ customer.name != null }}";
const NO = "{{ customer.name = 'somebody else' }}";

const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
beforeEach(() => log.mockClear());

/** The row of a sendout by a table with one route per filter, and the lines that were logged. */
async function route(filters: readonly string[]) {
  const compiled = compileTable({
    inlets: { voucherify: { auth: "none" } },
    targets: Object.fromEntries(
      filters.map((_filter, index) => [`t${index}`, { request: { url: "https://a.example.com/" } }]),
    ),
    routes: filters.map((filter, index) => ({ id: `r${index}`, events: ["*"], when: [filter], to: [`t${index}`] })),
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  const content = bytes(JSON.stringify(createSendout({ data: { customer: { name: NAME } } })));
  const sendout = await readSendout(await createIngestMessage(content), content);
  const { row, deliveries } = await routeSendout(sendout, { version: 1, table: compiled.value }, true);
  const lines = log.mock.calls.map(([line]): unknown => JSON.parse(String(line)));
  return { row, deliveries, lines };
}

const LEFT = "the left side of an arithmetic operator is no number (template_expression_failed)";

describe("a filter that fails", () => {
  it("leaves a sendout unrouted that says so, and is logged with its route and code", async () => {
    const { row, deliveries, lines } = await route([FAILS]);
    expect(deliveries).toEqual([]);
    expect(row).toMatchObject({
      state: "unrouted",
      reason: null,
      detail: `filters that failed count as no: r0: ${LEFT}`,
    });
    expect(lines).toEqual([
      { event: "filter_failed", route: "r0", code: "template_expression_failed", sendout: row.id },
    ]);
  });

  it("is logged where another route takes the sendout, whose row then has nothing to explain", async () => {
    const { row, deliveries, lines } = await route([FAILS, HOLDS]);
    expect(deliveries).toMatchObject([{ target: "t1", ok: true }]);
    expect(row).toMatchObject({ state: "routed", detail: null });
    expect(lines).toMatchObject([{ event: "filter_failed", route: "r0" }]);
  });

  it("is told from one that says no", async () => {
    const { row, lines } = await route([NO, FAILS, "{{ $required(order.id, 'no order') }}"]);
    expect(row).toMatchObject({
      state: "unrouted",
      detail: `filters that failed count as no: r1: ${LEFT}; r2: no order (template_value_required)`,
    });
    expect(lines).toMatchObject([
      { route: "r1", code: "template_expression_failed" },
      { route: "r2", code: "template_value_required" },
    ]);
  });

  it("repeats nothing of the payload", async () => {
    const { row, lines } = await route([FAILS, "{{ $number(customer.name) > 1 }}", "{{ $date(customer.name) = 'x' }}"]);
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(lines) + String(row.detail)).not.toContain(NAME);
  });
});

describe("a filter that says no", () => {
  it("leaves a sendout unrouted without a word", async () => {
    const { row, lines } = await route([NO]);
    expect(row).toMatchObject({ state: "unrouted", reason: null, detail: null });
    expect(lines).toEqual([]);
  });
});
