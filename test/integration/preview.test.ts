// Previews through the built Worker: what would be sent, without sending it.

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import consumers from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { exampleSendout } from "../../src/voucherify/examples.ts";
import { createSendout } from "../fixtures/sendout.ts";
import { ask as askOf, askPreview, BODY, createPreviewTable, EXAMPLE, INLETS, setUpPreviews } from "./preview.ts";
import { isSettled, SECRETS } from "./signalbox.ts";

const setup = setUpPreviews();

const ask = async (path: string, body: unknown) => askOf(setup.signalbox, path, body);
const preview = async (body: object) => askPreview(setup.signalbox, body);

describe("a preview by the table in force", () => {
  it("has each route's decision with its reason, and the exact request with secrets as names", async () => {
    const sendout = createSendout();
    const { event, routes, deliveries } = await preview({ sendout: { body: sendout } });
    expect(event).toEqual({ type: "redemption.succeeded", shape: "project webhook", label: null });
    expect(routes).toEqual([
      { route: "redemptions", taken: true, why: null },
      { route: "large", taken: false, why: "the filter said no: {{ order.amount > 1000000 }}" },
      { route: "orders", taken: false, why: "no event pattern covers redemption.succeeded" },
    ]);
    expect(deliveries).toEqual([
      {
        target: "crm",
        route: "redemptions",
        request: {
          method: "POST",
          url: `${setup.crm.url}/crm/AUTUMN-15?key={{ secret CRM_TOKEN }}`,
          headers: {
            "x-source": "voucherify",
            "content-type": "application/json",
            authorization: "Bearer {{ secret CRM_TOKEN }}",
            "idempotency-key": expect.stringMatching(/^so_0+\.crm$/),
          },
          body: { type: "redemption.succeeded", code: "AUTUMN-15", key: "{{ secret CRM_TOKEN }}" },
        },
        error: null,
        trace: expect.arrayContaining([
          { place: "request.url", expression: "voucher.code", value: "AUTUMN-15" },
          {
            place: "request.body.city",
            expression: "customer.metadata.city",
            empty: "customer.metadata.city is missing",
          },
        ]),
        curl: expect.stringContaining(`'${setup.crm.url}/crm/AUTUMN-15?key='"$CRM_TOKEN"`),
      },
    ]);
    expect(deliveries[0]?.curl).toContain(`-H 'authorization: Bearer '"$CRM_TOKEN"`);
    expect(setup.crm.requests).toEqual([]);
  });

  it("goes by the inlet that is asked for", async () => {
    const { routes, deliveries } = await preview({ sendout: EXAMPLE, inlet: "designed" });
    expect(routes[0]).toEqual({ route: "redemptions", taken: false, why: "it is not for the inlet designed" });
    expect(deliveries).toEqual([]);
  });

  it("understands what an inlet expects", async () => {
    const raw = { name: "Zoë", voucher: { code: "AUTUMN-15" } };
    const { event } = await preview({ sendout: { body: raw }, inlet: "designed", target: "crm" });
    expect(event).toEqual({ type: "customer.publication.succeeded", shape: "raw payload", label: null });
  });

  it("is of a logged sendout just what was sent for it", async () => {
    const found = await setup.signalbox.accept(JSON.stringify(createSendout()), isSettled);
    const [sent] = setup.crm.requests;
    for (const id of [found.id, found.acceptedId]) {
      const { deliveries } = await preview({ sendout: { id } });
      expect(deliveries.map(({ target }) => target)).toEqual(["crm"]);
      expect(deliveries[0]?.request?.headers["idempotency-key"]).toBe(sent?.headers["idempotency-key"]);
      expect(JSON.stringify(deliveries[0]?.request?.body)).toBe(
        sent?.body.replace(JSON.stringify(SECRETS.CRM_TOKEN), '"{{ secret CRM_TOKEN }}"'),
      );
    }
    expect(setup.crm.requests).toHaveLength(1);
  });

  it("is of an example in either version, and of pasted text", async () => {
    for (const sendout of [
      { example: "voucher.published" },
      { example: "voucher.published", version: "v2018-08-01" },
      { body: JSON.stringify(exampleSendout("voucher.published")) },
    ]) {
      const { event, deliveries } = await preview({ sendout, target: "crm" });
      expect(event.type).toBe("voucher.published");
      expect(deliveries).toMatchObject([{ target: "crm", route: "preview", error: null }]);
    }
  });

  it("says why a request could not be made, and which value was missing", async () => {
    const target = { request: { url: "https://crm.example.com/{{ customer.source }}", body: BODY } };
    const { deliveries } = await preview({ sendout: { body: createSendout() }, target });
    expect(deliveries).toEqual([
      {
        target: "draft",
        route: "preview",
        request: null,
        error: { code: "template_value_missing", detail: expect.stringContaining("request.url: a value in the path") },
        trace: expect.arrayContaining([
          { place: "request.url", expression: "customer.source", empty: "customer.source is missing" },
        ]),
        curl: null,
      },
    ]);
  });
});

describe("a preview by a draft", () => {
  it("of a table goes by its inlets, routes and targets", async () => {
    const request = { url: "https://draft.example.com/", body: "{{ voucher.code }}" };
    const table = {
      inlets: INLETS,
      targets: { a: { request }, b: { recipe: "braze", settings: { instance: "EU-01" } } },
      routes: [{ id: "all", events: ["*"], to: ["a", "b"] }],
    };
    const { routes, deliveries } = await preview({ sendout: EXAMPLE, table });
    expect(routes).toEqual([{ route: "all", taken: true, why: null }]);
    expect(deliveries.map(({ target, route }) => [target, route])).toEqual([
      ["a", "all"],
      ["b", "all"],
    ]);
    expect((await preview({ sendout: EXAMPLE, table, target: "a" })).deliveries).toMatchObject([
      { target: "a", route: "preview", request: { url: "https://draft.example.com/" } },
    ]);
    // Nothing of it is in force.
    expect(await ask("/preview", { sendout: EXAMPLE, target: "a" })).toMatchObject({ status: 400 });
  });

  it("of a target is of that target alone", async () => {
    const target = {
      request: {
        method: "PUT",
        url: "https://draft.example.com/",
        encoding: "form",
        body: { code: "{{ voucher.code }}" },
      },
      auth: { type: "basic", username: "me", password: "CRM_TOKEN" },
    };
    const { routes, deliveries } = await preview({ sendout: { body: createSendout() }, target });
    expect(routes).toEqual([]);
    expect(deliveries).toMatchObject([
      {
        target: "draft",
        request: {
          method: "PUT",
          headers: { authorization: "Basic me:{{ secret CRM_TOKEN }}" },
          body: "code=AUTUMN-15",
        },
        curl: expect.stringContaining(`-u 'me:'"$CRM_TOKEN"`),
      },
    ]);
  });

  it("of a target with a recipe has the recipe's request", async () => {
    const target = { recipe: "braze", settings: { instance: "EU-01" }, secrets: { api_key: "BRAZE_KEY" } };
    expect((await preview({ sendout: EXAMPLE, target })).deliveries).toMatchObject([
      {
        request: {
          url: "https://rest.fra-01.braze.eu/users/track",
          headers: { authorization: "Bearer {{ secret BRAZE_KEY }}" },
          body: { events: [{ name: "voucherify_redemption_succeeded" }] },
        },
      },
    ]);
  });
});

describe("what cannot be previewed", () => {
  const target = (request: object) => ({ request: { url: "https://crm.example.com/", ...request } });

  it.each<[string, unknown, number, string, string[]]>([
    ["an unknown sendout", { sendout: { id: "so_0" } }, 404, "not_found", []],
    ["an unknown example", { sendout: { example: "lantern.lit" } }, 404, "not_found", []],
    ["what is not understood", { sendout: { body: [] } }, 400, "request_invalid", ["sendout"]],
    ["data without an envelope", { sendout: { body: { a: 1 } } }, 400, "request_invalid", ["sendout"]],
    ["text that is not JSON", { sendout: { body: "<xml>" } }, 400, "request_invalid", ["sendout"]],
    ["no sendout", {}, 400, "request_invalid", ["sendout"]],
    ["an unknown key", { sendout: EXAMPLE, targets: {} }, 400, "request_invalid", ["targets"]],
    ["an unknown target", { sendout: EXAMPLE, target: "gone" }, 400, "request_invalid", ["target"]],
    ["a list", [], 400, "request_invalid", ["(root)"]],
    ["null", null, 400, "request_invalid", ["(root)"]],
    ["no JSON", "{", 400, "body_not_json", []],
    [
      "a target's bad URL",
      { sendout: EXAMPLE, target: target({ url: "crm.example.com" }) },
      422,
      "table_invalid",
      ["target.request.url"],
    ],
    [
      "a target's bad template",
      { sendout: EXAMPLE, target: target({ body: { a: ["{{ voucher. }}"] } }) },
      422,
      "table_invalid",
      ["target.request.body.a.0"],
    ],
    [
      "a target of another shape",
      { sendout: EXAMPLE, target: { ...target({}), timeoutMs: 1 } },
      422,
      "table_invalid",
      ["target.timeoutMs"],
    ],
    ["a target of nothing", { sendout: EXAMPLE, target: {} }, 422, "table_invalid", ["target"]],
    [
      "a recipe's missing setting",
      { sendout: EXAMPLE, target: { recipe: "braze" } },
      422,
      "table_invalid",
      ["target.settings.instance"],
    ],
    [
      "a bad table",
      { sendout: EXAMPLE, table: { inlets: {} } },
      422,
      "table_invalid",
      ["table.targets", "table.routes"],
    ],
  ])("%s", async (_name, body, code, problem, places) => {
    for (const path of ["/preview", "/preview/send"]) {
      const { status: answered, json } = await ask(path, body);
      const { errors = [] } = json as { errors?: { path: string }[] }; // a problem; its code is asserted
      expect([answered, json, errors.map((error) => error.path)]).toEqual([
        code,
        expect.objectContaining({ code: problem }),
        places,
      ]);
    }
  });

  it("more than 3 MiB, of which nothing more is read", async () => {
    const headers = {
      authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}`,
      "content-length": String(3 * 1024 * 1024 + 1),
    };
    // Only announced: fetch would go on sending while the answer is there and the connection closes.
    const req = http.request(new URL("/admin/preview", setup.signalbox.url), { method: "POST", headers });
    req.flushHeaders();
    const [answer] = (await once(req, "response")) as [http.IncomingMessage]; // what a client request emits
    expect([answer.statusCode, await consumers.json(answer)]).toMatchObject([413, { code: "body_too_large" }]);
    req.destroy();
  });

  it.each(["/admin/preview", "/admin/preview/send"])("anything without the token: %s", async (path) => {
    const answer = await fetch(new URL(path, setup.signalbox.url), {
      method: "POST",
      body: JSON.stringify({ sendout: EXAMPLE }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: "token_missing" }]);
  });
});

describe("PUT /admin/table", () => {
  it("refuses a table whose template reads a field that no event has, and leaves the one in force", async () => {
    const id = `typo-${randomUUID().slice(0, 8)}`;
    const table = {
      inlets: { voucherify: INLETS.voucherify },
      targets: { [id]: { request: { url: "https://crm.example.com/", body: { to: "{{ customer.emial }}" } } } },
      routes: [{ id: "all", events: ["redemption.succeeded"], to: [id] }],
    };
    const answer = await setup.signalbox.admin("PUT", "/table", table);
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      {
        code: "table_invalid",
        errors: [
          {
            path: `targets.${id}.request.body.to`,
            message: "redemption.succeeded has no customer.emial; did you mean customer.email?",
          },
        ],
      },
    ]);
    const inForce = await setup.signalbox.admin("GET", "/table");
    expect(await inForce.json()).toMatchObject({ table: createPreviewTable(setup.crm.url) });
  });
});
