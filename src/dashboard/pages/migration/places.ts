// Where a place of the routing table is changed, and what becomes of fields, in words. Pure.

import type { FieldChange } from "../../../voucherify/conversion.ts";

/** The page that edits what a place like `targets.crm.request.body.id` or `routes.vip.when.0` is a part of. */
export function editAddress(place: string, targets: readonly string[]): { href: string; label: string } | undefined {
  const [kind, ...rest] = place.split(".");
  const inside = rest.join(".");
  if (kind === "routes")
    return { href: `/table/routes/${encodeURIComponent(rest[0] ?? "")}`, label: `Route ${rest[0]}` };
  if (kind !== "targets") return undefined;
  // A name may have dots in it: the longest that fits is meant.
  const [id] = targets
    .filter((target) => inside === target || inside.startsWith(`${target}.`))
    .toSorted((one, other) => other.length - one.length);
  return id === undefined ? undefined : { href: `/builder/${encodeURIComponent(id)}`, label: `Open ${id}` };
}

/** What each change is called, and how it looks: what a template has to be changed for stands out. */
export const CHANGES: Record<FieldChange["change"], readonly [said: string, mood: "good" | "warn" | "bad" | "info"]> = {
  kept: ["stays", "good"],
  renamed: ["renamed", "warn"],
  moved: ["moved", "warn"],
  dropped: ["gone", "bad"],
  unknown: ["new", "info"],
};

/** The changes that have a text in either name, and are of a kind where one is given. */
export function findChanges(
  changes: readonly FieldChange[],
  sought: string,
  kind: FieldChange["change"] | "all",
): FieldChange[] {
  const text = sought.trim().toLowerCase();
  return changes.filter(
    ({ change, from, to }) =>
      (kind === "all" || change === kind) && `${from ?? ""} ${to ?? ""}`.toLowerCase().includes(text),
  );
}
