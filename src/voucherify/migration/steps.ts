// Voucherify's own procedure in seven steps, as a checklist that fills itself as far as traffic can tell.
// https://docs.voucherify.io/reference/migration-guide, "Migration Procedure" (read 2026-11-24)

import type { MigrationStep, ReadMigration, SeenSendouts, TypeMigration } from "./model.ts";

/** A project counts as switched when nothing old has come from it for so long, in milliseconds: a full retry schedule. */
const QUIET_FOR_MS = 24 * 3_600_000;

/** The seven steps and how each stands. */
export function stepsOf(
  seen: readonly SeenSendouts[],
  types: readonly TypeMigration[],
  reads: readonly ReadMigration[],
  now: number,
): MigrationStep[] {
  const old = projectsOf(seen, "v2018-08-01");
  const current = projectsOf(seen, "v2024-01-01");
  const began = current.size > 0;
  const from = began ? `v2024-01-01 has come from ${nameAll([...current.keys()])}.` : "No v2024-01-01 has come in yet.";
  const settings = began
    ? "Something has been switched, so somebody was there."
    : "In Voucherify; nothing here can show it.";
  return [
    step(1, "Take a project for testing: a new one, a sandbox or UAT", began, from),
    { step: 2, title: "Open its Project settings", state: began ? "done" : "by hand", detail: settings },
    { step: 3, title: "Scroll down to Webhooks", state: began ? "done" : "by hand", detail: settings },
    step(4, "Switch its webhook definitions to v2024-01-01", began, from),
    triggered(types),
    adjusted(types, reads),
    switched(old, current, now),
  ];
}

function triggered(types: readonly TypeMigration[]): MigrationStep {
  const title = "Trigger each webhook that was used in v2018-08-01 once";
  const waiting = types.filter(({ current }) => current === null).map(({ type }) => type);
  if (types.length === 0)
    return step(5, title, false, "No v2018-08-01 has come in, so it is not known which are used.");
  const detail = `${types.length - waiting.length} of ${types.length} have come in v2024-01-01.`;
  return step(
    5,
    title,
    waiting.length === 0,
    waiting.length === 0 ? detail : `${detail} Missing: ${waiting.join(", ")}.`,
  );
}

function adjusted(types: readonly TypeMigration[], reads: readonly ReadMigration[]): MigrationStep {
  const title = "Test, and adjust what reads the payload";
  const places = new Set(reads.map(({ place }) => place));
  if (places.size > 0) {
    const one = places.size === 1;
    const reading = one ? "1 place of the routing table reads" : `${places.size} places of the routing table read`;
    return step(6, title, false, `${reading} what changes; ${one ? "it is" : "they are"} listed below.`);
  }
  const nothing = "Nothing in the routing table reads a field that disappears.";
  const blind = types.filter(({ comparedWith }) => comparedWith === "nothing").map(({ type }) => type);
  if (blind.length > 0)
    return step(6, title, false, `${nothing} But there is no body to go by of: ${blind.join(", ")}.`);
  return step(6, title, types.length > 0, nothing);
}

function switched(old: Projects, current: Projects, now: number): MigrationStep {
  const title = "Switch the production project";
  if (old.size === 0) return step(7, title, current.size > 0, "No v2018-08-01 comes in.");
  const waiting = [...old].filter(([project, lastAt]) => !current.has(project) || now - lastAt < QUIET_FOR_MS);
  if (waiting.length === 0) return step(7, title, true, "No v2018-08-01 has come for a day, and v2024-01-01 has.");
  return step(
    7,
    title,
    false,
    `v2018-08-01 still comes, or came last, from ${nameAll(waiting.map(([name]) => name))}.`,
  );
}

/** When each project's newest sendout of a version came. */
type Projects = ReadonlyMap<string | null, number>;

function projectsOf(seen: readonly SeenSendouts[], version: SeenSendouts["version"]): Projects {
  const projects = new Map<string | null, number>();
  for (const { projectId, lastAt, version: own } of seen) {
    if (own === version) projects.set(projectId, Math.max(lastAt, projects.get(projectId) ?? 0));
  }
  return projects;
}

function nameAll(projects: readonly (string | null)[]): string {
  return projects.map((project) => project ?? "a project that does not say its id").join(", ");
}

function step(number: number, title: string, done: boolean, detail: string): MigrationStep {
  return { step: number, title, state: done ? "done" : "open", detail };
}
