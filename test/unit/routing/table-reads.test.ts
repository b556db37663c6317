// What a table reads, where, in which form, and of which events.

import { describe, expect, it } from "vitest";
import { compileTable } from "../../../src/routing/compile.ts";
import { tableReads, type TableRead } from "../../../src/routing/table-reads.ts";
import { writePath } from "../../../src/voucherify/json-path.ts";

/** What a table with one target `crm` and one route to it reads. */
function readsOf(parts: { request?: object; target?: object; route?: object }, seen: string[] = []): TableRead[] {
  const compiled = compileTable({
    inlets: { voucherify: { auth: "none" } },
    targets: { crm: { request: { url: "https://crm.example.com/", ...parts.request }, ...parts.target } },
    routes: [{ id: "all", events: ["redemption.succeeded"], to: ["crm"], ...parts.route }],
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return tableReads(compiled.value.source, seen);
}

/** The same in short. */
function places(...args: Parameters<typeof readsOf>): string[] {
  return readsOf(...args).map(({ place, path, payload }) => `${place} reads ${writePath(path)}, ${payload}`);
}

describe("tableReads", () => {
  it("finds every expression and condition; filters read the event as understood, templates as the target asks", () => {
    const request = {
      url: "https://crm.example.com/{{ customer.id }}?since={{ $webhook.created_at }}",
      query: { code: "{{ object.code }}" },
      headers: { "x-name": "Dear {{ customer.name }}" },
      body: { list: [{ whole: "{{ order }}" }, 7] },
    };
    const route = { when: [{ path: "order.amount", op: "gt", value: 5 }] };
    expect(places({ request, route, target: { payload: "as received" } })).toEqual([
      "routes.0.when.0.path reads order.amount, normalised",
      "targets.crm.request.url reads customer.id, as received",
      "targets.crm.request.url reads $webhook.created_at, as received",
      "targets.crm.request.query.code reads object.code, as received",
      "targets.crm.request.headers.x-name reads customer.name, as received",
      "targets.crm.request.body.list.0.whole reads order, as received",
    ]);
  });

  it.each(["normalised", "v2024-01-01", "v2018-08-01", "as received"])(
    "counts a payload that is passed on whole, %s, as read",
    (payload) => {
      const whole = `targets.crm.payload reads $webhook, ${payload}`;
      expect(places({ target: { payload } })).toEqual([whole]);
      expect(places({ target: { payload }, request: { body: { a: 1 } } })).toEqual([]);
      expect(places({ target: { payload }, request: { method: "GET" } })).toEqual([]);
    },
  );

  it("reads nothing where nothing is asked for, or where no route leads", () => {
    expect(places({})).toEqual([]);
    const route = { to: ["crm"], events: ["voucher.*"] };
    const table = compileTable({
      inlets: {},
      targets: {
        crm: { request: { url: "https://crm.example.com/" } },
        idle: { request: { url: "https://idle.example.com/{{ a }}" }, payload: "as received" },
      },
      routes: [{ id: "all", ...route }],
    });
    if (!table.ok) throw new Error(JSON.stringify(table.issues));
    expect(tableReads(table.value.source)).toEqual([]);
  });

  it("knows which events come by, those that were seen beside the catalogue's included", () => {
    const request = { body: "{{ object.code }}" };
    const typesOf = (events: string[], seen: string[] = []) =>
      readsOf({ request, route: { events } }, seen).flatMap(({ types }) => types);
    expect(typesOf(["voucher.enabled", "voucher.disabled"])).toEqual(["voucher.disabled", "voucher.enabled"]);
    expect(typesOf(["lantern.*"])).toEqual([]);
    expect(typesOf(["lantern.*"], ["lantern.lit", "voucher.enabled"])).toEqual(["lantern.lit"]);
    expect(typesOf(["voucher.enabled"], ["voucher.enabled"])).toEqual(["voucher.enabled"]);
  });
});
