// What the router uses of the platform, what that costs, and when its database will be full.

import { Hono } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import type { Count } from "../ledger/count-traffic.ts";
import { bindingOf, shardsOf } from "../ledger/shards.ts";
import { readSizes, readStatistics } from "../ledger/statistics.ts";
import { costPerMonth, DATABASE_BYTES_MAX, daysUntilFull, FREE_PLAN_A_DAY, useOf, type Use } from "../ledger/usage.ts";
import { InstantTextSchema, toInstant } from "./answers.ts";
import { describe } from "./describe.ts";

const DAY_MS = 24 * 3_600_000;

/** How many days are looked at, today's beginning included. */
const DAYS = 30;

/** Over how many of the last days that are over an average is taken. */
const AVERAGE_DAYS = 7;

const UseSchema = v.object({ d1RowsWritten: v.number(), queueOperations: v.number(), workerRequests: v.number() });

const PlanSchema = v.object({
  databaseBytesMax: v.number(),
  daysUntilFull: v.pipe(
    v.nullable(v.number()),
    v.description("Until the first database is full; null while none grows."),
  ),
});

const DatabaseSchema = v.object({ bytes: v.number(), growthBytesADay: v.nullable(v.number()) });

const AnswerSchema = v.object({
  days: v.array(
    v.object({
      day: InstantTextSchema,
      sendouts: v.number(),
      deliveries: v.number(),
      attempts: v.number(),
      use: UseSchema,
      databaseBytes: v.nullable(v.number()),
    }),
  ),
  database: v.pipe(DatabaseSchema, v.description("The one with the binding LEDGER.")),
  databases: v.pipe(
    v.array(v.object({ binding: v.string(), ...DatabaseSchema.entries })),
    v.description("All of them: more than one where the log is spread (docs/sharding.md)."),
  ),
  averageADay: v.pipe(UseSchema, v.description("Over the last seven days that are over.")),
  free: v.object({
    ...PlanSchema.entries,
    shareOfBusiestDay: v.pipe(UseSchema, v.description("Of what the plan takes a day; 1 is all of it.")),
  }),
  paid: v.object({ ...PlanSchema.entries, dollarsAMonth: v.number() }),
});

/** `GET /admin/usage`. */
export const usageRoutes = new Hono<{ Bindings: Bindings }>().get(
  "/",
  describe({
    summary: "What the router uses of the platform a day, what that costs, and when its database will be full.",
    description:
      "Estimated from what was logged; the platform does not tell a Worker what it is billed for. Retries of the queues themselves, purging and reading are not in it.",
    answer: AnswerSchema,
  }),
  async (c) => {
    const now = Date.now();
    const today = now - (now % DAY_MS);
    const since = today - (DAYS - 1) * DAY_MS;
    const [{ steps }, databases] = await Promise.all([
      readStatistics(c.env, since, now, DAY_MS),
      readDatabases(c.env, since, now),
    ]);
    const days = steps.map(({ at, counts }) => {
      const traffic = countTraffic(counts);
      return { at, ...traffic, use: useOf(traffic), databaseBytes: bytesAt(databases, at) };
    });
    const lately = days.filter(({ at }) => at < today && at >= today - AVERAGE_DAYS * DAY_MS).map(({ use }) => use);
    const averageADay = mapUse((name) => Math.round(sum(lately.map((use) => use[name])) / AVERAGE_DAYS));
    const standing = (bytesMax: number) => ({
      databaseBytesMax: bytesMax,
      daysUntilFull: firstFull(databases, bytesMax),
    });
    const shown = databases.map(({ binding, bytes, growth }) => ({ binding, bytes, growthBytesADay: growth }));
    const [home] = databases;
    return c.json({
      days: days.map(({ at, ...rest }) => ({ day: toInstant(at), ...rest })),
      database: { bytes: home?.bytes ?? 0, growthBytesADay: home?.growth ?? null },
      databases: shown,
      averageADay,
      free: {
        ...standing(DATABASE_BYTES_MAX.free),
        shareOfBusiestDay: mapUse((name) => Math.max(0, ...days.map(({ use }) => use[name])) / FREE_PLAN_A_DAY[name]),
      },
      paid: {
        ...standing(DATABASE_BYTES_MAX.paid),
        dollarsAMonth: Math.round(costPerMonth(averageADay, sum(databases.map(({ bytes }) => bytes))) * 100) / 100,
      },
    });
  },
);

/** A database with its size on each of the last days that are known, and now. */
type Database = Awaited<ReturnType<typeof readDatabases>>[number];

async function readDatabases(env: Bindings, since: number, now: number) {
  return Promise.all(
    shardsOf(env).map(async ({ number, db }) => {
      const { days, bytes } = await readSizes(db, since);
      return { binding: bindingOf(number), days, bytes, growth: growthOf(days, bytes, now) };
    }),
  );
}

/** How large the databases were together on a day; null when nothing is known of it. */
function bytesAt(databases: readonly Database[], at: number): number | null {
  const known = databases.flatMap(({ days }) => days.filter(({ day }) => day === at));
  return known.length === 0 ? null : sum(known.map(({ bytes }) => bytes));
}

/** In how many days the first of the databases is full; null while none grows. */
function firstFull(databases: readonly Database[], bytesMax: number): number | null {
  const days = databases.flatMap(({ bytes, growth }) => daysUntilFull(bytes, growth ?? 0, bytesMax) ?? []);
  return days.length === 0 ? null : Math.min(...days);
}

function countTraffic(counts: readonly Count[]) {
  const of = (wanted: Count[0]): number => sum(counts.flatMap(([kind, , , n]) => (kind === wanted ? [n] : [])));
  return { sendouts: of("sendouts"), deliveries: of("deliveries"), attempts: of("attempts") };
}

/** By how much the database has grown a day since the first of the last days that are known; null before there is one. */
function growthOf(days: readonly { day: number; bytes: number }[], bytes: number, now: number): number | null {
  const first = days.find(({ day }) => day >= now - (AVERAGE_DAYS + 1) * DAY_MS);
  if (first === undefined || now - first.day < DAY_MS) return null;
  return Math.round(((bytes - first.bytes) / (now - first.day)) * DAY_MS);
}

function mapUse(value: (name: keyof Use) => number): Use {
  return {
    d1RowsWritten: value("d1RowsWritten"),
    queueOperations: value("queueOperations"),
    workerRequests: value("workerRequests"),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
