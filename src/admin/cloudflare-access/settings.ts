// How this Worker is told of Cloudflare Access: by three of its variables, and not by the routing table, so that whoever may
// publish a table cannot let himself in.

import * as v from "valibot";
import { failure, success, type Result } from "../../result.ts";
import { ROLES, type Role } from "../roles.ts";

/** What is believed, and who is what. */
export interface AccessSettings {
  /** The team's own origin: who issues its assertions, and where its keys are. */
  issuer: string;
  /** The tags of the Access applications in front of this Worker. */
  audiences: readonly string[];
  /** By name, as `namesOf` makes them. */
  roles: ReadonlyMap<string, Role>;
}

const TEAM = "SIGNALBOX_ACCESS_TEAM";
const AUDIENCE = "SIGNALBOX_ACCESS_AUDIENCE";
const ROLE_TABLE = "SIGNALBOX_ACCESS_ROLES";

/** A team's name, which is one label of its host, or that whole host. */
const TEAM_PATTERN = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.cloudflareaccess\.com)?$/;

/** An application's tag: 64 hexadecimal digits. */
const AUDIENCE_PATTERN = /^[0-9a-f]{64}$/;

/** Whom an entry of the table of roles may name. */
const NAME_PATTERNS = [
  /^[^\s@]+@[^\s@]+$/, // one person
  /^@[^\s@]+$/, // everybody of a domain
  /^group:\S.*$/s,
  /^claim:[^\s=]+=.*$/s,
  /^service:\S+$/, // a service token
];

const RolesSchema = v.pipe(
  v.unknown(),
  v.check((table) => !Array.isArray(table)), // which would pass for a table
  v.record(
    v.pipe(
      v.string(),
      v.check((name) => NAME_PATTERNS.some((pattern) => pattern.test(name))),
    ),
    v.picklist(ROLES),
  ),
);

/**
 * The settings; undefined where none of the variables is set. A failure names the variable and says what it should be,
 * and repeats nothing of it: then Access opens nothing.
 */
export function readAccessSettings(env: object): Result<AccessSettings | undefined, "access_misconfigured"> {
  const [team, audience, table] = [TEAM, AUDIENCE, ROLE_TABLE].map((name) => readVariable(env, name));
  if (team === undefined && audience === undefined && table === undefined) return success(undefined);
  const label = typeof team === "string" ? TEAM_PATTERN.exec(team.trim())?.[1] : undefined;
  if (label === undefined) return wrong(TEAM, "the team's name, like acme of acme.cloudflareaccess.com");
  const audiences = typeof audience === "string" ? audience.split(",").map((tag) => tag.trim()) : [];
  if (audiences.length === 0 || !audiences.every((tag) => AUDIENCE_PATTERN.test(tag))) {
    return wrong(AUDIENCE, "the application's audience tag (64 hexadecimal digits), or several with commas in between");
  }
  const roles = parseRoles(table ?? {});
  if (roles === undefined) {
    return wrong(ROLE_TABLE, `JSON like {"mira@example.com": "admin"}, every role one of ${ROLES.join(", ")}`);
  }
  return success({ issuer: `https://${label}.cloudflareaccess.com`, audiences, roles });
}

/** A variable, which in wrangler.toml can be a table as well as a text; undefined when it is not set. */
function readVariable(env: object, name: string): unknown {
  const value: unknown = Object.hasOwn(env, name) ? Reflect.get(env, name) : undefined;
  return value === "" ? undefined : value;
}

/** Undefined when it is no table of roles, or names somebody twice: e-mails are the same in capitals. */
function parseRoles(table: unknown): Map<string, Role> | undefined {
  const schema = typeof table === "string" ? v.pipe(v.string(), v.parseJson(), RolesSchema) : RolesSchema;
  const parsed = v.safeParse(schema, table);
  if (!parsed.success) return undefined;
  const entries = Object.entries(parsed.output).map(([name, role]) => [toName(name), role] as const);
  const roles = new Map(entries);
  return roles.size === entries.length ? roles : undefined;
}

/** E-mails and domains in small letters; names of groups and all else as they are. */
function toName(text: string): string {
  return /^(?:group|claim|service):/.test(text) ? text : text.toLowerCase();
}

function wrong(variable: string, expected: string): Result<never, "access_misconfigured"> {
  return failure("access_misconfigured", `${variable} is not as expected: ${expected}.`);
}
