// The filter of the audit log, as the address, the admin API and `signalbox audit` have it. Pure.

import type { AUDIT_FILTER } from "../../../admin/audit.ts";
import { nameOfActor } from "../../components/actors.ts";
import {
  readFields,
  toCommandLine,
  withInstants,
  writeFields,
  type FieldWords,
  type ListFilter,
} from "../../components/list-filter.ts";

/** What `GET /admin/audit` is filtered by. */
type Parameter = keyof typeof AUDIT_FILTER;

/** What is looked for. */
export type AuditFilter = ListFilter<Parameter>;

/** Every field, in the order of the menu. */
export const AUDIT_FIELDS = {
  actor: { label: "Who", placeholder: "a name, or a token's id" },
  action: { label: "Call", placeholder: "PUT, or /admin/table" },
  subject: { label: "About", placeholder: "a target, a token, a sendout's id" },
  changed: { label: "Only changes", only: "true" },
  since: { label: "Since" },
  until: { label: "Until" },
} as const satisfies Record<Parameter, FieldWords>;

/** A field of the filter. */
export type AuditField = keyof typeof AUDIT_FIELDS;

const NAMES = Object.keys(AUDIT_FIELDS) as AuditField[]; // its own keys

/** The filter of an address. What it does not know it leaves out. */
export function readAuditFilter(search: string): AuditFilter {
  return readFields(search, NAMES);
}

/** The address with a filter. */
export function auditAddress(filter: AuditFilter): string {
  return `/settings/audit${writeFields(filter, NAMES)}`;
}

/**
 * The filter as the router is asked.
 *
 * @param now when lengths of time end, in milliseconds since 1970
 */
export function toAuditQuery({ changed, ...filter }: AuditFilter, now: number) {
  return { ...withInstants(filter, now), ...(changed === "true" && { changed: "true" as const }) };
}

/** The same in a terminal. */
export function toAuditCommand({ changed, ...filter }: AuditFilter): string {
  const command = toCommandLine("audit", filter, NAMES);
  return changed === "true" ? `${command} --changed` : command;
}

/** A value of the filter in words. */
export function sayAuditValue(field: AuditField, value: string): string {
  if (field === "actor") return nameOfActor({ id: value, name: null });
  return field === "changed" && value === "true" ? "" : value;
}

/** Beginnings of calls that somebody may look for; a word of what they are about where the call does not say it. */
export const AUDITED_CALLS: readonly { value: string; hint?: string }[] = [
  { value: "/admin/table", hint: "publications" },
  { value: "/admin/inlets" },
  { value: "/admin/targets", hint: "and pauses" },
  { value: "/admin/routes", hint: "and pauses" },
  { value: "/admin/deliveries" },
  { value: "/admin/replays" },
  { value: "/admin/quarantine" },
  { value: "GET /admin/sendouts", hint: "seen" },
  { value: "/admin/incidents" },
  { value: "/admin/secrets", hint: "the vault" },
  { value: "/admin/tokens" },
  { value: "/admin/session", hint: "signing in" },
  { value: "/admin/customers", hint: "deletions" },
  { value: "/admin/upstream", hint: "Voucherify" },
];
