// Secrets: how they stand, and the vault's to put in, take out and seal anew. What was put in is never shown again.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import { problem } from "../problem.ts";
import { secretUses, type SecretUse } from "../routing/secret-uses.ts";
import { newestTable } from "../routing/table-store.ts";
import { isReservedSecretName, SECRET_NAME_PATTERN } from "../secret-names.ts";
import { bindSecrets, putSecret, removeSecret, rewrapSecrets, type VaultSecret } from "../vault/vault.ts";
import type { AdminEnv } from "./access.ts";
import { judgeSecrets, type KeyStanding, type SecretStanding } from "./secret-standing.ts";
import { validBody } from "./validate.ts";

/** The largest secret, in bytes of UTF-8: as large as a Worker secret may be. */
const VALUE_BYTES_MAX = 5 * 1_024;

/** How many hosts a secret may be set for. */
const HOSTS_MAX = 20;

const HostSchema = v.pipe(
  v.string(),
  v.check(isOrigin, "expected scheme and host alone, like https://api.example.com"),
  v.transform((text) => new URL(text).origin),
);

const PutBodySchema = v.strictObject({
  value: v.pipe(
    v.string(),
    v.minLength(1, "expected a value that is not empty"),
    v.maxBytes(VALUE_BYTES_MAX, `expected ${VALUE_BYTES_MAX} bytes at most`),
    v.check((text) => text.isWellFormed(), "expected text without halves of characters"),
  ),
  /** Where it may be sent; where the table in force sends it when left out. */
  hosts: v.optional(v.pipe(v.array(HostSchema), v.minLength(1), v.maxLength(HOSTS_MAX))),
});

const RewrapBodySchema = v.strictObject({
  /** Where an earlier call ended. */
  after: v.optional(v.string(), ""),
});

/** `GET /admin/secrets`, `PUT` and `DELETE /admin/secrets/<name>`, `POST /admin/secrets/rewrap`. */
export const secretRoutes = new Hono<AdminEnv>()
  .get("/", async (c) => {
    const { table } = await newestTable(c.env, Date.now());
    const { secrets, keys } = await judgeSecrets(c.env, table);
    return c.json({ secrets: secrets.map(describeStanding), keys: describeKeys(keys) });
  })
  .put("/:name", validBody(PutBodySchema), async (c) => {
    const name = c.req.param("name");
    if (!SECRET_NAME_PATTERN.test(name)) return problem(c, "request_invalid", { errors: [BAD_NAME] });
    if (isReservedSecretName(name)) return problem(c, "secret_reserved");
    const asked = c.req.valid("json");
    const before = await useOf(c, name);
    const hosts = hostsFor(asked.hosts ?? before.hosts);
    const put = await putSecret(c.env, { name, value: asked.value, hosts }, Date.now());
    if (!put.ok) return problem(c, put.reason, { detail: sentence(put.detail) });
    // A table that was published meanwhile has found nothing to bind.
    const [bound] = hosts === null ? await bindToTable(c, name) : [];
    const { table } = await newestTable(c.env, Date.now());
    const { secrets } = await judgeSecrets(c.env, table);
    const standing = secrets.find((secret) => secret.name === name);
    const warnings = [
      ...(standing?.problems ?? []).map(({ message }) => message),
      ...(standing?.from === "worker"
        ? [`The Worker has a secret ${name} of its own, which goes before this one.`]
        : []),
      ...(hosts === null && bound === undefined
        ? [`Nothing in the table in force uses ${name}: the next table that does says where it may be sent.`]
        : []),
    ];
    const described = describeSecret(bound ?? put.value);
    c.set("change", { after: described });
    return c.json({ ...described, warnings });
  })
  .delete("/:name", async (c) => {
    const name = c.req.param("name");
    const { table } = await newestTable(c.env, Date.now());
    const { secrets } = await judgeSecrets(c.env, table);
    const standing = secrets.find((secret) => secret.name === name);
    if (standing?.vault === undefined) return problem(c, "not_found");
    const users = [...standing.use.targets, ...standing.use.settings];
    if (standing.from === "vault" && users.length > 0 && c.req.query("force") !== "true") {
      const detail = `The table in force uses ${name} for ${users.join(", ")}. Take it out there first, or add ?force=true: then what needs it waits.`;
      return problem(c, "secret_in_use", { detail });
    }
    if (!(await removeSecret(c.env, name))) return problem(c, "not_found");
    c.set("change", { before: { name, ...describeValue(standing.vault) } });
    return c.json({ name, deleted: true });
  })
  .post("/rewrap", validBody(RewrapBodySchema), async (c) => {
    const asked = c.req.valid("json");
    const done = await rewrapSecrets(c.env, asked.after);
    if (!done.ok) return problem(c, done.reason, { detail: sentence(done.detail) });
    const { table } = await newestTable(c.env, Date.now());
    const { keys } = await judgeSecrets(c.env, table);
    const { rewrapped, unreadable, next = null } = done.value;
    return c.json({ rewrapped, unreadable, next, keys: describeKeys(keys) });
  });

const BAD_NAME = { path: "name", message: "a secret's name has capitals, digits and underscores, like BRAZE_KEY" };

async function useOf(c: Context<AdminEnv>, name: string): Promise<SecretUse> {
  const { table } = await newestTable(c.env, Date.now());
  return secretUses(table).get(name) ?? { targets: [], inlets: [], settings: [], hosts: [] };
}

async function bindToTable(c: Context<AdminEnv>, name: string): Promise<VaultSecret[]> {
  const { hosts } = await useOf(c, name);
  return hosts.length === 0 ? [] : bindSecrets(c.env, new Map([[name, hosts]]));
}

/** Each once and in order; null when there are none. */
function hostsFor(hosts: readonly string[]): string[] | null {
  return hosts.length === 0 ? null : [...new Set(hosts)].toSorted();
}

function isOrigin(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { origin, href } = new URL(text);
  return href === `${origin}/`;
}

function describeStanding({ name, from, use, vault, problems }: SecretStanding) {
  return {
    name,
    from,
    vault: vault === undefined ? null : describeValue(vault),
    targets: use.targets,
    inlets: use.inlets,
    settings: use.settings,
    problems,
  };
}

function describeSecret(secret: VaultSecret) {
  return { name: secret.name, ...describeValue(secret) };
}

function describeValue({ keyId, hosts, lastFour, fingerprint, setAt }: VaultSecret) {
  return { lastFour, fingerprint, setAt: new Date(setAt).toISOString(), keyId, hosts: hosts ?? [] };
}

function describeKeys({ active, problem: wrong, rows, missing, droppable }: KeyStanding) {
  return { active, problem: wrong ?? null, secrets: rows, missing, droppable };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
