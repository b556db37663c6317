// What people and programs ask of a router in the run of the leak proof: every call of the admin API, and the command line.

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import openapi from "../../../schema/openapi.json" with { type: "json" };
import { echo } from "./echo.ts";
import type { Json, Observed } from "./router.ts";
import { createTable } from "./routing-table.ts";
import { about, type Sendouts } from "./traffic.ts";
import { CUSTOMER, MISPLACED, VAULT_VALUES, WORKER_SECRETS } from "./values.ts";

/** Secrets, tokens, table and webhook: what is there before anything comes in. */
export async function setUp({ ask, places, tokens, voucherify }: Observed): Promise<void> {
  const hosts = [places.crm.url];
  for (const value of [VAULT_VALUES.first, VAULT_VALUES.second]) {
    expect(await ask("PUT", "/admin/secrets/VAULT_KEY", { value, hosts })).toMatchObject({ status: 200 });
  }
  for (const [name, scopes] of Object.entries({ viewer: ["read"], support: ["read", "payload"] })) {
    const gives = (json: Json) => String(json["token"]);
    const { json } = await ask("POST", "/admin/tokens", { name, scopes }, { gives });
    tokens[name] = gives(json);
  }
  const table = createTable(places);
  const published = await ask("PUT", "/admin/table?note=first", table);
  expect([published.status, published.json]).toMatchObject([200, { version: 1 }]);
  expect(await ask("POST", "/admin/upstream/webhook", {})).toMatchObject({ status: 200 });
  const webhook = voucherify.registry.webhooks()[0];
  expect(await voucherify.sender.send(webhook?.id ?? "", { event: "redemption.succeeded" })).toMatchObject({
    ok: true,
  });
  await ask("POST", "/admin/upstream/look");
}

/** Mistakes that people make with secrets: where one is given in the place of its name, or to somebody who does not know it. */
export async function makeMistakes({ ask, places, url }: Observed): Promise<void> {
  const refused = async (...call: Parameters<Observed["ask"]>) => {
    const { status } = await ask(...call);
    expect([...call, Math.floor(status / 100)]).toEqual([...call, 4]);
  };
  const table = createTable(places);
  const target = (auth: object, request = {}) => ({ request: { url: `${places.crm.url}/x`, ...request }, auth });
  for (const auth of [
    { type: "bearer", secret: MISPLACED },
    { type: "bearer", token: MISPLACED },
    { type: MISPLACED },
  ]) {
    await refused("PUT", "/admin/table", { ...table, targets: { crm: target(auth) } });
    await refused("PUT", "/admin/targets/crm", target(auth));
    await ask("POST", "/admin/table/check", { table: { ...table, targets: { crm: target(auth) } } });
    await ask("POST", "/admin/preview", { sendout: { example: "redemption.succeeded" }, target: target(auth) });
  }
  await ask("PUT", "/admin/table", `{"targets": "${MISPLACED.replaceAll('"', "")}" "`);
  await refused("PUT", "/admin/secrets/lowercase", { value: MISPLACED });
  await refused("PUT", "/admin/secrets/VAULT_KEY", { value: [MISPLACED] });
  await refused("PUT", "/admin/secrets/VAULT_KEY", { text: MISPLACED });
  await refused("PUT", "/admin/secrets/SIGNALBOX_ADMIN_TOKEN", { value: MISPLACED });
  for (const token of [MISPLACED, WORKER_SECRETS.VOUCHERIFY_SECRET])
    await refused("GET", "/admin/table", undefined, { token });
  await refused("GET", "/admin/table", undefined, {
    token: null,
    headers: { cookie: `__Host-signalbox=${encodeURIComponent(MISPLACED)}` },
  });
  await refused("POST", "/admin/session", { token: MISPLACED }, { token: null });
  const { email } = CUSTOMER;
  for (const query of [`since=${email}`, `limit=${email}`, `status=${email}`, `cursor=${email}`, `state=${email}`])
    await refused("GET", `/admin/sendouts?${query}`);
  const own = await ask(
    "POST",
    "/admin/session",
    { token: WORKER_SECRETS.SIGNALBOX_ADMIN_TOKEN },
    { token: null, headers: { origin: url } },
  );
  expect(own.status).toBe(201);
  await ask("GET", "/admin/session", undefined, { token: null, headers: { cookie: own.cookie } });
  await ask("GET", "/admin/session", undefined, {
    token: null,
    headers: { cookie: own.cookie, origin: "https://evil.example" },
  });
}

/** Previews, tests and dry runs. */
export async function tryOut({ ask, places, tokens }: Observed, { delivered, failing }: Sendouts): Promise<void> {
  const table = createTable(places);
  const changed = { ...table, routes: [{ id: "other", events: ["*"], to: ["bearer", "template", "failing"] }] };
  const ok = async (...call: Parameters<Observed["ask"]>) => expect((await ask(...call)).status).toBe(200);
  for (const id of [delivered, failing]) {
    for (const token of [tokens["support"] ?? "", WORKER_SECRETS.SIGNALBOX_ADMIN_TOKEN]) {
      await ok("POST", "/admin/preview", { sendout: { id } }, { token });
      await ok("POST", "/admin/preview", { sendout: { id }, table: changed }, { token });
    }
    await ok("POST", "/admin/preview?reveal=true", { sendout: { id } });
  }
  await ok("POST", "/admin/preview", { sendout: { body: about("redemption.succeeded") } }, { shows: "revealed" });
  await ok("POST", "/admin/preview", { sendout: { example: "redemption.succeeded" } });
  await ok("POST", "/admin/table/dry-run", { table: changed, since: "2020-01-01T00:00:00Z" });
  await ok("POST", "/admin/table/dry-run?reveal=true", { table: changed, since: "2020-01-01T00:00:00Z" });
  for (const status of [200, 400]) {
    places.crm.behave(echo(status));
    for (const target of [
      "bearer",
      "basic",
      "header",
      "query",
      "template",
      "path",
      "oauth",
      "google",
      "aws",
      "vault",
    ]) {
      const { json } = await ask("POST", "/admin/preview/send", { sendout: { id: delivered }, target });
      expect([target, json["status"]]).toEqual([target, status]);
    }
    await ask(
      "POST",
      "/admin/preview/send",
      { sendout: { body: about("redemption.succeeded") }, target: "bearer" },
      { shows: "revealed" },
    );
  }
  places.crm.behave(echo(200));
}

/** Retries, replays, holds, quarantine, incidents, alerts, and everything that the cron does. */
export async function operate(
  { ask, post, found, places, cron, voucherify }: Observed,
  sendouts: Sendouts,
): Promise<void> {
  const ok = async (...call: Parameters<Observed["ask"]>): Promise<Json> => {
    const { status, json } = await ask(...call);
    expect([call[1], status]).toEqual([call[1], call[1].endsWith("/retry") ? 202 : 200]);
    return json;
  };
  for (const target of ["bearer", "basic", "template"])
    await ok("POST", `/admin/deliveries/${sendouts.failed}.${target}/retry`);
  await found(sendouts.failed, ({ deliveries }) => deliveries.filter(({ state }) => state === "delivered").length >= 3);
  for (const mode of ["as then", "as now", "as new"]) {
    const planned = await ask("POST", "/admin/replays", {
      select: { sendouts: [sendouts.failed], state: ["failed", "delivered"] },
      mode,
      rate: 50,
    });
    await ok("POST", `/admin/replays/${String(planned.json["id"])}/run`);
    await cron();
  }
  await ok("POST", "/admin/targets/bearer/pause", { note: "maintenance" });
  const held = await post(about("redemption.succeeded"));
  await found(held.id, ({ deliveries }) => deliveries.some(({ state }) => state === "held"));
  await ok("GET", "/admin/holds");
  await ok("POST", "/admin/targets/bearer/resume");
  await ok("POST", "/admin/sweep");
  places.crm.behave(echo(401));
  await found((await post(about("redemption.succeeded"))).id);
  places.crm.behave(echo(200));
  const body = about("voucher.updated");
  await ok("POST", `/admin/quarantine/${sendouts.quarantined}/replay`, { body });
  await ok("POST", "/admin/alerts/test");
  await cron();
  const { incidents } = (await ok("GET", "/admin/incidents")) as { incidents: { kind: string; subject: string }[] };
  expect(incidents.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["signature_refused", "target_paused"]));
  for (const { kind, subject } of incidents) {
    await ok("POST", `/admin/incidents/${kind}/${encodeURIComponent(subject)}/acknowledge`, { note: "asked them" });
    await ok("POST", `/admin/incidents/${kind}/${encodeURIComponent(subject)}/resolve`);
  }
  await ok("POST", "/admin/self-test");
  await ok("POST", "/admin/secrets/rewrap");
  await ok("POST", "/admin/upstream/gap", { sendouts: voucherify.sender.log().map(({ id }) => id) });
  await ok("POST", "/admin/customers/delete", { customer: [CUSTOMER.email, CUSTOMER.phone] });
  await ok("POST", "/admin/customers/delete", { customer: ["somebody.else@lantern-mail.example"], confirm: true });
  for (let minute = 0; minute < 3; minute++) await cron();
}

/** Every GET that there is, of everything that there is, by each who may. */
export async function lookAtEverything({ ask, tokens }: Observed, sendouts: Sendouts): Promise<void> {
  const { json } = await ask("GET", "/admin/sendouts?limit=100");
  const ids = (json["sendouts"] as { id: string; deliveries: { id: string }[] }[]).map(({ id }) => id);
  const searches = Object.entries({ customer: CUSTOMER.email, voucher: CUSTOMER.code }).map(
    ([name, value]) => `?${name}=${encodeURIComponent(value)}`,
  );
  const named: Record<string, string[]> = {
    "/admin/sendouts": ["", ...searches, "?state=quarantined"],
    "/admin/deliveries": ["", ...searches, "?state=failed"],
    "/admin/quarantine": ["?state=all"],
    "/admin/incidents": ["", "?state=resolved"],
    "/admin/migration": ["", "?format=markdown"],
    "/admin/table/diff": ["?from=0"],
  };
  const keys: Record<string, string[]> = {
    "/admin/sendouts/{id}": ids,
    "/admin/deliveries/{id}": ids.flatMap((id) => [`${id}.bearer`, `${id}.failing`, `${id}.passing`]),
    "/admin/quarantine/{id}": ids,
    "/admin/table/versions/{version}": ["1"],
    "/admin/events/{type}": ["redemption.succeeded"],
    "/admin/recipes/{id}": ["slack"],
    "/admin/targets/{id}": ["template"],
    "/admin/inlets/{id}": ["shop"],
    "/admin/routes/{id}": ["redemptions"],
  };
  const paths = Object.entries(openapi.paths).flatMap(([path, calls]) => ("get" in calls ? [path] : []));
  const whole = paths.flatMap((path) => {
    const at = path.replace(/\{.*\}/, "");
    return path.includes("{")
      ? (keys[path] ?? []).map((key) => at + key)
      : (named[path] ?? [""]).map((query) => path + query);
  });
  for (const path of whole) {
    for (const token of [tokens["viewer"], tokens["support"], undefined]) {
      await ask("GET", path, undefined, token === undefined ? {} : { token });
    }
  }
  for (const id of [sendouts.delivered, sendouts.failed, sendouts.failing])
    await ask("GET", `/admin/deliveries/${id}.bearer?reveal=true`);
  for (const path of ["/", "/reference", "/schema/routing-table.json", "/schema/openapi.json"])
    await ask("GET", path, undefined, { token: null, shows: "sender" });
}

/** The command line, for people and with `--json`. */
export async function useCommands({ run, record, folder, places }: Observed, sendouts: Sendouts): Promise<void> {
  const { delivered, failed, quarantined } = sendouts;
  writeFileSync(join(folder, "changed.json"), JSON.stringify({ ...createTable(places), routes: [] }));
  const lines = [
    "search --since 1h",
    `search --customer ${CUSTOMER.email}`,
    `search --deliveries --voucher ${CUSTOMER.code}`,
    `show ${delivered}`,
    `show ${failed}`,
    `show ${failed}.bearer`,
    `show ${quarantined}`,
    `show ${delivered} --routes`,
    "tail --since 1h --count 5",
    `replay ${failed} --as now --state failed,delivered --plan`,
    "holds",
    "incidents",
    "token list",
    "secret list",
    "health",
    "doctor",
    "plan changed.json",
    "pull pulled.json --force",
    "trigger redemption.succeeded --wait",
    `listen --forward ${places.crm.url}/listen --since 1h --count 3`,
    "pause target query --note maintenance",
    "resume target query",
    `replay ${failed} --as now --state failed,delivered --yes --detach`,
    "apply changed.json --yes",
    "rollback --yes",
    "incidents list --state all",
    `open ${delivered} --print`,
    "token delete tok_unknown",
  ];
  for (const line of lines.flatMap((one) => [one, `${one} --json`])) {
    // A yes or a no: what could not be carried out would show nothing.
    expect([0, 1], line).toContain((await run(line)).code);
  }
  await run("plan changed.json --markdown");
  for (const what of ["--reveal", "--payload", "--envelope", "--curl"])
    await run(`show ${delivered} ${what}`, { shows: "revealed" });
  await run("secret set OTHER_KEY --host https://other.example", { input: VAULT_VALUES.first });
  await run("token create --name ci --scope read", { gives: ({ out }) => out.trim() });
  const written = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => !name.startsWith("state"),
  );
  for (const name of written.map((one) => join(folder, one)).filter((one) => statSync(one).isFile())) {
    record.add("files of commands", readFileSync(name));
  }
}
