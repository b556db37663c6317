// A router whose ledger is spread over three databases, as tests have it: real ones, each of which can be down.

import { env as simulator } from "cloudflare:workers";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { placeOf } from "../../../src/ledger/shards.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { readSendout } from "../../../src/routing/route-sendout.ts";
import { createSendout, type Sendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { mockTarget, type Call } from "../delivery/target.ts";
import { brokenD1, createBindings, type RecordingD1, type TestBindings } from "../faults.ts";
import { createBatch, createMessage, fatesOf, SENT_AT, type TestMessage } from "../messages.ts";
import { createIngestMessage } from "../payloads.ts";

/** The numbers of the databases. */
export const NUMBERS = [1, 2, 3] as const;

const REAL: Readonly<Record<number, D1Database>> = {
  1: simulator.LEDGER,
  // vitest.config.ts has them; `wrangler types` knows only wrangler.toml.
  2: Reflect.get(simulator, "TEST_LEDGER_2") as D1Database,
  3: Reflect.get(simulator, "TEST_LEDGER_3") as D1Database,
};

/** From when on all of them take sendouts. */
export const SPREAD_SINCE = SENT_AT - 86_400_000;

/** A new isolate's bindings. `isDown` says which databases fail at a call. */
export function createSpread(isDown: (number: number, sql: string) => boolean = () => false, overrides: object = {}) {
  const since = new Date(SPREAD_SINCE).toISOString();
  const databases = { LEDGER: database(1), LEDGER_2: database(2), LEDGER_3: database(3) };
  const variables = { SIGNALBOX_LEDGER_2_SINCE: since, SIGNALBOX_LEDGER_3_SINCE: since };
  return createBindings({ ...databases, ...variables, ...overrides }) as TestBindings & typeof databases; // those just given

  function database(number: number): RecordingD1 {
    const real = REAL[number];
    if (real === undefined) throw new Error(`there is no database ${number}`);
    return brokenD1({ real, when: (sql) => isDown(number, sql) });
  }
}

/** Every row of a table in one database. */
export async function rowsIn(
  number: number,
  table: "sendouts" | "repeats" | "deliveries" | "incidents" | "pauses" | "replayed",
): Promise<Record<string, unknown>[]> {
  const db = brokenD1({ ...(REAL[number] && { real: REAL[number] }), when: () => false });
  await ensureMigrated(db);
  return (await db.prepare(`SELECT * FROM ${table}`).all()).results;
}

/** How many rows of a table each database has. */
export async function countRows(table: Parameters<typeof rowsIn>[1]): Promise<number[]> {
  return Promise.all(NUMBERS.map(async (number) => (await rowsIn(number, table)).length));
}

/** Sendouts of which each database gets so many. */
export async function sendoutsForEach(count: number, overrides: object = {}): Promise<Record<number, Sendout[]>> {
  const made: Record<number, Sendout[]> = { 1: [], 2: [], 3: [] };
  const env = createSpread();
  while (Object.values(made).some((some) => some.length < count)) {
    const sendout = createSendout(overrides);
    const { id } = await readSendout(await createIngestMessage(sendout), bytes(JSON.stringify(sendout)));
    const own = made[placeOf(env, id, SENT_AT)];
    if (own !== undefined && own.length < count) own.push(sendout);
  }
  return made;
}

/** Messages of sendouts that arrive a millisecond after one another. */
export async function arrive(sendouts: readonly Sendout[], at = SENT_AT): Promise<TestMessage[]> {
  return Promise.all(sendouts.map(async (one, index) => createMessage(await createIngestMessage(one, at + index))));
}

/** Routes messages and returns what was decided about each. */
export async function route(env: TestBindings, messages: readonly TestMessage[], now = SENT_AT + 1_000) {
  await consumeIngest(createBatch(messages), env, now);
  return fatesOf(messages);
}

/** Takes what waits in the DELIVER queue. */
export function sent(env: TestBindings): DeliverMessage[] {
  return env.DELIVER.messages.splice(0) as DeliverMessage[]; // only deliveries go there
}

/** Offers messages to the delivery step in one batch; returns the calls that were made and what was decided. */
export async function deliver(
  env: TestBindings,
  messages: readonly DeliverMessage[],
  answer: Parameters<typeof mockTarget>[0],
  now = SENT_AT + 2_000,
): Promise<{ calls: Call[]; fates: ReturnType<typeof fatesOf> }> {
  const calls = mockTarget(answer);
  const batch = messages.map((message) => createMessage(message));
  await consumeDeliver(createBatch(batch), env, { now: () => now, random: () => 0.5, lane: "fast" });
  return { calls, fates: fatesOf(batch) };
}
