// Secrets: how they stand, and the vault's to put in, take out and seal anew. What was put in is never shown again.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import { isOrigin } from "../origin.ts";
import { problem } from "../problem.ts";
import { secretUses, type SecretUse } from "../routing/secret-uses.ts";
import { newestTable } from "../routing/table-store.ts";
import { isReservedSecretName, SECRET_NAME_PATTERN } from "../secret-names.ts";
import { bindSecrets, putSecret, removeSecret, rewrapSecrets, type VaultSecret } from "../vault/vault.ts";
import type { AdminEnv } from "./access.ts";
import { sentence } from "./answers.ts";
import { describe } from "./describe.ts";
import {
  describeKeys,
  describeSecret,
  describeStanding,
  PutAnswerSchema,
  RewrapAnswerSchema,
  SecretsAnswerSchema,
} from "./secret-answers.ts";
import { judgeSecrets } from "./secret-standing.ts";
import { validBody, validQuery } from "./validate.ts";

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
    v.description("It never comes out again."),
  ),
  hosts: v.optional(
    v.pipe(
      v.array(HostSchema),
      v.minLength(1),
      v.maxLength(HOSTS_MAX),
      v.description("Where it may be sent, as scheme and host; where the table in force sends it when left out."),
    ),
  ),
});

const RewrapBodySchema = v.strictObject({
  after: v.optional(v.pipe(v.string(), v.description("An earlier answer's `next`.")), ""),
});

const DeleteQuerySchema = v.strictObject({
  force: v.optional(
    v.pipe(v.string(), v.description("`true` deletes it even while the table in force uses it: what needs it waits.")),
  ),
});

const NAMED = { name: "Capitals, digits and underscores, like `BRAZE_KEY`." };

const SEALED = {
  lastFour: "9f3c",
  fingerprint: "b8d1c04e6a7f",
  setAt: "2026-10-05T08:15:31.000Z",
  keyId: "2026-10",
  hosts: ["https://rest.iad-01.braze.com"],
};

/** `GET /admin/secrets`, `PUT` and `DELETE /admin/secrets/<name>`, `POST /admin/secrets/rewrap`. */
export const secretRoutes = new Hono<AdminEnv>()
  .get(
    "/",
    describe({
      summary: "Shows how every secret stands that the table names or the vault has; never what they are.",
      answer: SecretsAnswerSchema,
      example: {
        answer: {
          secrets: [
            {
              name: "BRAZE_KEY",
              from: "vault",
              vault: SEALED,
              targets: ["braze"],
              inlets: [],
              settings: [],
              problems: [],
            },
          ],
          keys: { active: "2026-10", problem: null, secrets: { "2026-10": 1 }, missing: [], droppable: [] },
        },
      },
    }),
    async (c) => {
      const { table } = await newestTable(c.env, Date.now());
      const { secrets, keys } = await judgeSecrets(c.env, table);
      return c.json({ secrets: secrets.map(describeStanding), keys: describeKeys(keys) });
    },
  )
  .put(
    "/:name",
    describe({
      summary: "Puts a secret into the vault, in the place of one of the same name.",
      path: NAMED,
      answer: PutAnswerSchema,
      problems: ["secret_reserved", "master_keys_missing", "master_keys_invalid"],
      example: {
        body: { value: "the-key-from-braze", hosts: ["https://rest.iad-01.braze.com"] },
        answer: { name: "BRAZE_KEY", ...SEALED, warnings: [] },
      },
    }),
    validBody(PutBodySchema),
    async (c) => {
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
      const described = describeSecret(bound ?? put.value);
      c.set("change", { after: described });
      return c.json({ ...described, warnings: await warningsOf(c, name, hosts === null && bound === undefined) });
    },
  )
  .delete(
    "/:name",
    describe({
      summary: "Takes a secret out of the vault.",
      path: NAMED,
      answer: v.object({ name: v.string(), deleted: v.literal(true) }),
      problems: ["not_found", "secret_in_use"],
    }),
    validQuery(DeleteQuerySchema),
    async (c) => {
      const name = c.req.param("name");
      const { table } = await newestTable(c.env, Date.now());
      const { secrets } = await judgeSecrets(c.env, table);
      const standing = secrets.find((secret) => secret.name === name);
      if (standing?.vault === undefined) return problem(c, "not_found");
      const users = [...standing.use.targets, ...standing.use.settings];
      if (standing.from === "vault" && users.length > 0 && c.req.valid("query").force !== "true") {
        const detail = `The table in force uses ${name} for ${users.join(", ")}. Take it out there first, or add ?force=true: then what needs it waits.`;
        return problem(c, "secret_in_use", { detail });
      }
      if (!(await removeSecret(c.env, name))) return problem(c, "not_found");
      c.set("change", { before: describeSecret(standing.vault) });
      return c.json({ name, deleted: true as const });
    },
  )
  .post(
    "/rewrap",
    describe({
      summary: "Seals secrets of other master keys anew with the active one, up to 25 at a time.",
      description: "Call it again with `after` until `next` is null; then the keys in `droppable` can go.",
      answer: RewrapAnswerSchema,
      problems: ["master_keys_missing", "master_keys_invalid"],
      example: {
        body: {},
        answer: {
          rewrapped: 4,
          unreadable: [],
          next: null,
          keys: { active: "2026-10", problem: null, secrets: { "2026-10": 4 }, missing: [], droppable: ["2026-01"] },
        },
      },
    }),
    validBody(RewrapBodySchema),
    async (c) => {
      const asked = c.req.valid("json");
      const done = await rewrapSecrets(c.env, asked.after);
      if (!done.ok) return problem(c, done.reason, { detail: sentence(done.detail) });
      const { table } = await newestTable(c.env, Date.now());
      const { keys } = await judgeSecrets(c.env, table);
      const { rewrapped, unreadable, next = null } = done.value;
      c.set("change", { after: { rewrapped } });
      return c.json({ rewrapped, unreadable, next, keys: describeKeys(keys) });
    },
  );

/** What keeps a secret that was just put in from being sent where the table says. */
async function warningsOf(c: Context<AdminEnv>, name: string, isUnbound: boolean): Promise<string[]> {
  const { table } = await newestTable(c.env, Date.now());
  const { secrets } = await judgeSecrets(c.env, table);
  const standing = secrets.find((secret) => secret.name === name);
  return [
    ...(standing?.problems ?? []).map(({ message }) => message),
    ...(standing?.from === "worker" ? [`The Worker has a secret ${name} of its own, which goes before this one.`] : []),
    ...(isUnbound
      ? [`Nothing in the table in force uses ${name}: the next table that does says where it may be sent.`]
      : []),
  ];
}

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
