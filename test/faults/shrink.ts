// Which faults of a schedule it takes for its problem: the rest are left out one by one.

import type { Fault } from "./calls.ts";
import { runSchedule, type ScheduleOptions } from "./schedule.ts";
import type { ScheduleReport } from "./schedule-report.ts";

/** How often a schedule is run again for that, at most. */
const RUNS_MAX = 60;

/** The same schedule with as few faults as still show a problem. */
export async function shrink(report: ScheduleReport, options: ScheduleOptions): Promise<ScheduleReport> {
  let smallest = report;
  let runs = 0;
  for (const candidate of report.injected) {
    if (runs++ >= RUNS_MAX) break;
    const rest = smallest.injected.filter(({ call }) => call !== candidate.call);
    const only = new Map(rest.map(({ call, fault }): [number, Fault] => [call, fault]));
    const again = await runSchedule(report.seed, { ...options, only });
    if (again.problems.length > 0 && again.injected.length < smallest.injected.length) smallest = again;
  }
  return smallest;
}

/** A schedule and its problems, for people. */
export function describeReport({ seed, problems, injected, operations }: ScheduleReport): string {
  const faults = injected.map(({ call, step, name, fault }) => `  call ${call}: ${fault} at ${name} of ${step}`);
  return [
    `seed ${seed}:`,
    ...problems.map((problem) => `  ${problem}`),
    `  people: ${operations.join(", ")}`,
    ...faults,
  ].join("\n");
}
