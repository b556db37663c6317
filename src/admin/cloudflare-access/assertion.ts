// From the assertion that Cloudflare Access sends along with a request to whom it vouches for. The header alone proves
// nothing: whoever reaches this Worker by another way than through Access can write one.
// https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/application-token/
// (read 2026-11-29)

import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import * as v from "valibot";
import { failure, success, type Result } from "../../result.ts";
import type { AccessKeys } from "./keys.ts";
import type { AccessSettings } from "./settings.ts";

/** The header with the assertion. The cookie `CF_Authorization` has the same, and is not looked at. */
export const ASSERTION_HEADER = "cf-access-jwt-assertion";

/** The one algorithm that Access signs with. */
const ALGORITHM = "RS256";

/** By how much two of Cloudflare's clocks may differ, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** The name of a service token, other than that of a client certificate. */
const SERVICE_TOKEN = /^service:\S+\.access$/;

/** Whom Access vouches for. */
export interface Principal {
  /** As the audit log has them: `access:` and their own name. */
  actor: string;
  /** Whether a browser can have come by itself: with a person's cookie, or a client certificate. */
  mayBeBrowser: boolean;
  /** What the table of roles may call them, their own name first: an e-mail, or `service:` and a token's client id. */
  names: readonly string[];
  /** When the assertion ends, in milliseconds since 1970. */
  endsAt: number;
}

const NameSchema = v.pipe(v.string(), v.nonEmpty());

/** Providers give groups as texts, or as objects with both. */
const GroupsSchema = v.array(v.union([v.string(), v.partial(v.object({ id: v.string(), name: v.string() }))]));

const ClaimsSchema = v.object({
  exp: v.number(),
  email: v.optional(v.pipe(NameSchema, v.regex(/^[^\s@:]+@[^\s@:]+$/), v.toLowerCase())),
  /** A service token's client id, or a client certificate's common name. */
  common_name: v.optional(NameSchema),
  groups: v.fallback(GroupsSchema, []),
  /** What the identity provider says beside that, as far as the Access application passes it on. */
  custom: v.fallback(v.record(v.string(), v.unknown()), {}),
});
type Claims = v.InferOutput<typeof ClaimsSchema>;

/**
 * Verifies an assertion: signature, algorithm, issuer, audience, and the time it is for.
 *
 * @param now milliseconds since 1970
 */
export async function verifyAssertion(
  jwt: string,
  { issuer, audiences }: AccessSettings,
  keys: AccessKeys,
  now: number,
): Promise<Result<Principal, "assertion_invalid" | "access_unavailable">> {
  const id = keyIdOf(jwt);
  if (id === undefined) return invalid("it is not signed as Access signs");
  const found = await keys.find(id, now);
  if (!found.ok) return found;
  try {
    const { payload } = await jwtVerify(jwt, found.value, {
      algorithms: [ALGORITHM],
      issuer,
      audience: [...audiences],
      requiredClaims: ["exp", "iat"],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    return toPrincipal(payload);
  } catch (error) {
    return invalid(error instanceof errors.JOSEError ? error.code : "it cannot be verified");
  }
}

/**
 * Whom an assertion names, as `Principal` has them, unverified: good for seeing that it is somebody else than expected, and
 * for nothing more. Undefined where it names nobody.
 */
export function actorNamedBy(jwt: string): string | undefined {
  try {
    const named = toPrincipal(decodeJwt(jwt));
    return named.ok ? named.value.actor : undefined;
  } catch {
    return undefined; // not a JWT
  }
}

/** The key that an assertion says it is signed with, believed for as long as it takes to look for that key. */
function keyIdOf(jwt: string): string | undefined {
  try {
    const { alg, kid } = decodeProtectedHeader(jwt);
    return alg === ALGORITHM && typeof kid === "string" ? kid : undefined;
  } catch {
    return undefined; // not a JWT
  }
}

function toPrincipal(payload: unknown): Result<Principal, "assertion_invalid"> {
  const parsed = v.safeParse(ClaimsSchema, payload);
  if (!parsed.success) return invalid("its claims are not those of Access");
  const claims = parsed.output;
  const own = ownNames(claims);
  const [name] = own;
  if (name === undefined) return invalid("it names nobody");
  const mayBeBrowser = !SERVICE_TOKEN.test(name);
  const names = [...own, ...groupNames(claims), ...claimNames(claims)];
  return success({ actor: `access:${name}`, mayBeBrowser, names, endsAt: claims.exp * 1_000 });
}

/** A person's e-mail and its domain, or the name of a service token; nothing where it names neither. */
function ownNames({ email, common_name: service }: Claims): string[] {
  if (email !== undefined) return [email, email.slice(email.indexOf("@"))];
  return service === undefined ? [] : [`service:${service}`];
}

/** Groups come in `groups`, or in a claim of that name that the application passes on; by id, by name, or by both. */
function groupNames({ groups, custom }: Claims): string[] {
  const passedOn = v.safeParse(GroupsSchema, custom["groups"]);
  const all = [...groups, ...(passedOn.success ? passedOn.output : [])];
  return all
    .flatMap((group) => (typeof group === "string" ? [group] : [group.id ?? [], group.name ?? []].flat()))
    .map((group) => `group:${group}`);
}

function claimNames({ custom }: Claims): string[] {
  return Object.entries(custom).flatMap(([claim, value]) => valuesOf(value).map((one) => `claim:${claim}=${one}`));
}

/** A claim's values as texts; of what is neither a text nor a number nor a truth there is none. */
function valuesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((one: unknown) => (Array.isArray(one) ? [] : valuesOf(one)));
  return ["string", "number", "boolean"].includes(typeof value) ? [String(value)] : [];
}

function invalid(detail: string): Result<never, "assertion_invalid"> {
  return failure("assertion_invalid", detail);
}
