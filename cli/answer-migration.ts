// What `signalbox migration` answers.

import { tableReads } from "../src/routing/table-reads.ts";
import type { SeenSendouts } from "../src/voucherify/migration/model.ts";
import { toMarkdown } from "../src/voucherify/migration/markdown.ts";
import { migrationReport } from "../src/voucherify/migration/report.ts";
import { normalise } from "../src/voucherify/normalise.ts";
import { answer, complain, toJson, type Outcome } from "./outcome.ts";
import { readInput } from "./read-input.ts";
import { readTable } from "./read-table.ts";

/** The table whose reads are looked at, and the form of the report. */
export interface MigrationOptions {
  table?: string;
  json?: boolean;
}

/** The migration report of the bodies in some files. */
export async function answerMigration(files: readonly string[], { table, json }: MigrationOptions): Promise<Outcome> {
  const compiled = table === undefined ? undefined : await readTable(table);
  if (compiled?.ok === false) return complain(compiled, 2, json);
  const seen: SeenSendouts[] = [];
  for (const file of files) {
    const body = await readInput(file);
    if (!body.ok) return complain(body, 2, json);
    const event = normalise(body.value);
    if (!event.ok) {
      const detail = `${file} is not understood: ${event.detail} (${event.reason}).`;
      return complain({ reason: event.reason, detail }, 1, json);
    }
    seen.push(...toSeen(event.value));
  }
  const types = seen.map(({ type }) => type);
  const reads = compiled === undefined ? [] : tableReads(compiled.value.source, types);
  const report = migrationReport(seen, reads, Date.now());
  return answer(json ? toJson(report) : toMarkdown(report));
}

/** One body as traffic: it came when its event happened. */
function toSeen(event: Extract<ReturnType<typeof normalise>, { ok: true }>["value"]): SeenSendouts[] {
  const { type, version, shape, source, projectId, occurredAt } = event;
  if (version === null) return [];
  const fromProject = shape === "project event" || source.kind === "webhook";
  const sender = fromProject ? "webhook" : "distribution";
  return [{ type, version, sender, projectId, count: 1, lastAt: occurredAt ?? 0, sample: event }];
}
