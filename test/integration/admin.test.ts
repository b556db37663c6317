// The admin API over real HTTP: who gets in, what a table must be, how sendouts are found.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { SECRETS, startSignalbox, type Signalbox } from "./signalbox.ts";

const INLETS = { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } };
const EMPTY = { inlets: INLETS, targets: {}, routes: [] };

/** A table with one target, given the parts that a test is about. */
function tableWith(request: object, more: object = {}): object {
  return {
    inlets: INLETS,
    targets: { crm: { request: { url: "https://crm.example.com/x", ...request }, ...more } },
    routes: [],
  };
}

let signalbox: Signalbox;

beforeAll(async () => {
  // As deployed: no local targets.
  const { SIGNALBOX_LOCAL_TARGETS: _, ...secrets } = SECRETS;
  signalbox = await startSignalbox(secrets);
});

afterAll(async () => signalbox.stop());

async function answerTo(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const answer = await signalbox.admin(method, path, body, headers);
  return { status: answer.status, type: answer.headers.get("content-type"), json: (await answer.json()) as object };
}

describe("the token", () => {
  it.each([
    ["is missing", {}, "token_missing"],
    ["is of another scheme", { authorization: `Basic ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` }, "token_missing"],
    ["is wrong", { authorization: "Bearer wrong" }, "token_invalid"],
    [
      "is only the beginning",
      { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN.slice(0, -1)}` },
      "token_invalid",
    ],
    ["is the signing secret", { authorization: `Bearer ${SECRETS.VOUCHERIFY_SECRET}` }, "token_invalid"],
  ])("that %s gets 401 on every resource", async (_name, headers: Record<string, string>, code) => {
    const paths = [
      "/table",
      "/sendouts",
      "/sendouts/so_1",
      "/deliveries/so_1.crm",
      "/incidents",
      "/health",
      "/nothing",
    ];
    for (const path of paths) {
      const answer = await fetch(new URL(`/admin${path}`, signalbox.url), { headers });
      expect([path, answer.status, await answer.json()]).toMatchObject([path, 401, { code }]);
      expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    }
  });

  it("has no default: without the secret the admin API is closed, and sendouts still come in", async () => {
    const closed = await startSignalbox({ VOUCHERIFY_SECRET: SECRETS.VOUCHERIFY_SECRET });
    try {
      const answer = await closed.admin("GET", "/health");
      expect([answer.status, await answer.json()]).toMatchObject([503, { code: "admin_disabled" }]);
      expect((await closed.postSigned(JSON.stringify(createSendout()))).status).toBe(202);
    } finally {
      await closed.stop();
    }
  });
});

describe("the routing table", () => {
  it("is the default inlet and nothing else before one was published", async () => {
    const answer = await signalbox.admin("GET", "/table");
    expect(answer.headers.get("etag")).toBe('"0"');
    expect(await answer.json()).toEqual({ version: 0, publishedAt: null, table: EMPTY });
  });

  it("comes back as it was published, with its version as the ETag", async () => {
    const table = { $schema: "./routing-table.schema.json", ...EMPTY };
    const published = await signalbox.admin("PUT", "/table", table);
    const { version, warnings } = (await published.json()) as { version: number; warnings: string[] };
    expect(warnings).toEqual([]);
    expect(published.headers.get("etag")).toBe(`"${version}"`);
    const answer = await signalbox.admin("GET", "/table");
    expect(await answer.json()).toMatchObject({ version, table });
  });

  it("is not overwritten by somebody who has not seen the newest version", async () => {
    const { json } = await answerTo("GET", "/table");
    const { version } = json as { version: number };
    const stale = await answerTo("PUT", "/table", EMPTY, { "if-match": `"${version - 1}"` });
    expect(stale).toMatchObject({ status: 409, json: { code: "table_conflict" } });
    expect(await answerTo("PUT", "/table", EMPTY, { "if-match": "not a version" })).toMatchObject({ status: 409 });
    expect(await answerTo("PUT", "/table", EMPTY, { "if-match": `"${version}"` })).toMatchObject({ status: 200 });
  });

  it("takes exactly one of twenty who publish over the same version at the same time", async () => {
    const { json } = await answerTo("GET", "/table");
    const { version } = json as { version: number };
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => answerTo("PUT", "/table", EMPTY, { "if-match": `"${version}"` })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array.from({ length: 19 }, () => 409),
    ]);
    expect((await answerTo("GET", "/table")).json).toMatchObject({ version: version + 1 });
  });

  it("is published with a warning that names each secret that is not set", async () => {
    const { json } = await answerTo(
      "PUT",
      "/table",
      tableWith({}, { auth: { type: "bearer", secret: "MISSING_KEY" } }),
    );
    expect(json).toMatchObject({ warnings: [expect.stringContaining("MISSING_KEY")] });
    await answerTo("PUT", "/table", EMPTY);
  });

  it("that is not JSON is refused", async () => {
    expect(await answerTo("PUT", "/table", "{")).toMatchObject({ status: 400, json: { code: "body_not_json" } });
  });

  it.each([
    ["null", null, "(root)"],
    ["no inlets", { targets: {}, routes: [] }, "inlets"],
    ["an unknown key", { ...EMPTY, extra: 1 }, "extra"],
    ["a bad name", { ...EMPTY, inlets: { "Bad Name": { auth: "none" } } }, "inlets.Bad Name"],
    ["a route to nowhere", { ...EMPTY, routes: [{ id: "a", events: ["*"], to: ["gone"] }] }, "routes.0.to.0"],
    ["a bad event pattern", { ...EMPTY, routes: [{ id: "a", events: ["*.x"], to: ["gone"] }] }, "routes.0.events.0"],
    ["a bad path", tableWith({ body: { a: "{{ order..amount }}" } }), "targets.crm.request.body.a"],
    ["an unclosed expression", tableWith({ body: { a: ["x", "{{ order"] } }), "targets.crm.request.body.a.1"],
    ["a reserved header", tableWith({ headers: { Host: "x" } }), "targets.crm.request.headers.Host"],
    ["http", tableWith({ url: "http://crm.example.com" }), "targets.crm.request.url"],
    ["an address in numbers", tableWith({ url: "https://169.254.169.254/x" }), "targets.crm.request.url"],
    ["a host from the payload", tableWith({ url: "https://{{ customer.email }}/x" }), "targets.crm.request.url"],
    [
      "the admin token as a target's secret",
      tableWith({}, { auth: { type: "bearer", secret: "SIGNALBOX_ADMIN_TOKEN" } }),
      "targets.crm.auth",
    ],
    [
      "a requirement that senders cannot fulfil",
      { ...EMPTY, inlets: { voucherify: { auth: "none", requires: { header: { name: "host", secret: "A" } } } } },
      "inlets.voucherify.requires.header.name",
    ],
    ["a timeout out of range", tableWith({}, { timeoutMs: 60_001 }), "targets.crm.timeoutMs"],
  ])("with %s is refused with the path of the problem", async (_name, table, path) => {
    const { status, type, json } = await answerTo("PUT", "/table", table);
    expect([status, type]).toEqual([422, "application/problem+json"]);
    const { code, errors } = json as { code: string; errors: { path: string; message: string }[] };
    expect(code).toBe("table_invalid");
    expect(errors.map((error) => error.path)).toContain(path);
    expect(errors.every(({ message }) => message.length > 5)).toBe(true);
  });
});

describe("sendouts", () => {
  const types = ["voucher.created", "voucher.updated", "voucher.created", "voucher.deleted", "voucher.created"];

  it("are listed newest first, filtered, and page by page without a gap or a repeat", async () => {
    for (const type of types) {
      await signalbox.accept(JSON.stringify(createSendout({ event: { type }, source: { id: "wh_list" } })));
    }
    const query = "event=voucher.created&source=wh_list&state=unrouted&inlet=voucherify&limit=2";
    const first = (await answerTo("GET", `/sendouts?${query}`)).json as Page;
    const second = (await answerTo("GET", `/sendouts?${query}&cursor=${first.next}`)).json as Page;
    expect([first.sendouts.length, second.sendouts.length, second.next]).toEqual([2, 1, null]);
    const times = [...first.sendouts, ...second.sendouts].map(({ receivedAt }) => receivedAt);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(new Set([...first.sendouts, ...second.sendouts].map(({ id }) => id)).size).toBe(3);
    const future = (await answerTo("GET", "/sendouts?since=2999-01-01T00:00:00Z")).json as Page;
    expect(future).toEqual({ sendouts: [], next: null, complete: true });
  });

  it("are found by their own id, the id of the 202, and Voucherify's", async () => {
    const sendout = createSendout();
    const { id, acceptedId } = await signalbox.accept(JSON.stringify(sendout));
    for (const name of [id, acceptedId, sendout.id]) {
      expect((await answerTo("GET", `/sendouts/${name}`)).json).toMatchObject({ id, sendoutRef: sendout.id });
    }
  });

  it.each(["state=lost", "limit=0", "limit=201", "limit=many", "since=yesterday", "cursor=1", "colour=red"])(
    "with the query %s are refused, with the name of the parameter and not its value",
    async (query) => {
      const { status, json } = await answerTo("GET", `/sendouts?${query}`);
      expect([status, json]).toMatchObject([400, { code: "request_invalid", errors: [{ path: query.split("=")[0] }] }]);
    },
  );

  it.each(["/sendouts/so_00000000000000000000000000000000", "/sendouts/acc_nothing", "/deliveries/x", "/nothing"])(
    "%s is not found",
    async (path) => {
      expect(await answerTo("GET", path)).toMatchObject({ status: 404, json: { code: "not_found" } });
    },
  );
});

interface Page {
  sendouts: { id: string; receivedAt: string }[];
  next: string | null;
}

describe("health", () => {
  it("says that everything answers", async () => {
    const { status, json } = await answerTo("GET", "/health");
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: "ok",
      checks: { kv: { ok: true }, d1: { ok: true } },
      missingSecrets: [],
      openIncidents: 0,
      localTargets: false,
    });
  });

  it("names the secrets that are not set", async () => {
    await answerTo("PUT", "/table", tableWith({}, { auth: { type: "bearer", secret: "MISSING_KEY" } }));
    expect(await answerTo("GET", "/health")).toMatchObject({ status: 503, json: { missingSecrets: ["MISSING_KEY"] } });
    await answerTo("PUT", "/table", EMPTY);
  });
});

describe("secrets", () => {
  it("occur in no answer", async () => {
    const paths = ["/table", "/sendouts?limit=200", "/incidents", "/health"];
    const texts = await Promise.all(paths.map(async (path) => (await signalbox.admin("GET", path)).text()));
    for (const secret of Object.values(SECRETS).filter((value) => value !== "allow")) {
      expect(texts.join("\n")).not.toContain(secret);
    }
  });
});
