// What happened over many schedules, counted.

import type { ScheduleReport } from "./schedule-report.ts";

/** Counts by group and name. */
export class Tally {
  schedules = 0;
  readonly #groups = new Map<string, Map<string, number>>();

  /** Adds what came of a schedule. */
  add(report: ScheduleReport): void {
    this.schedules++;
    const { counts, injected, states, duplicates, operations, behaviours } = report;
    this.#count("traffic", "sendouts", report.sendouts);
    this.#count("traffic", "calls to targets", report.calls);
    this.#count("traffic", "awaits on bindings", counts.calls);
    this.#count("traffic", "batches", counts.batches);
    this.#count("traffic", "messages offered again", counts.redelivered);
    this.#count("traffic", "messages offered twice", counts.duplicated);
    this.#count("traffic", "dead letters", counts.dead);
    this.#count("order", "turns given", report.turns.given);
    this.#count("order", "turns after another's", report.turns.withOthers);
    this.#count("vault", "calls with its secret", report.vault.calls);
    this.#count("vault", "calls with a value that replaced another", report.vault.replaced);
    this.#count("vault", "waits until it could be read", report.vault.waits);
    this.#count("traffic", "sendouts set aside", report.setAside);
    this.#count("traffic", "deliveries by another table", report.otherTables);
    this.#count("duplicates", "second message, before the first one's failure was written", report.races);
    this.#count("traffic", "isolates ended", counts.crashes);
    for (const { fault, name } of injected) this.#count("faults", `${fault} (${kindOf(name)})`);
    for (const state of states) this.#count("deliveries", state);
    for (const cause of duplicates) this.#count("duplicates", cause);
    for (const operation of operations) this.#count("operations", operation);
    for (const behaviour of behaviours) this.#count("answers", behaviour);
  }

  /** Lines of a table: group, name, count. */
  rows(): string[][] {
    return [...this.#groups].flatMap(([group, names]) =>
      [...names]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, count]) => [group, name, count.toLocaleString("en-US")]),
    );
  }

  count(group: string, name: string): number {
    return this.#groups.get(group)?.get(name) ?? 0;
  }

  #count(group: string, name: string, by = 1): void {
    const names = this.#groups.get(group) ?? new Map<string, number>();
    this.#groups.set(group, names);
    names.set(name, (names.get(name) ?? 0) + by);
  }
}

function kindOf(name: string): string {
  if (name.startsWith("fetch")) return "target";
  if (name.startsWith("GATE")) return "gate";
  if (name.startsWith("INBOX")) return "inbox";
  if (name.startsWith("TABLE")) return "kv";
  return name.startsWith("signalbox") ? "queue" : "d1";
}

/** Rows as text, each column as wide as it must be. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
