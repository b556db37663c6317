// The environment of one isolate: bindings of its own to what all isolates share, and the installation's variables.

import { env as simulator } from "cloudflare:workers";
import type { Bindings } from "../../src/env.ts";
import { SECRETS } from "../unit/faults.ts";
import type { QueueName } from "./batches.ts";
import { gateBinding, inboxBinding, kvBinding, ledgerBinding, queueBinding, type KvHistory } from "./bindings.ts";
import type { Invocation, MakeCall } from "./calls.ts";
import type { Wrote } from "./check-secrets.ts";
import type { FaultQueue } from "./queue.ts";
import type { Gates } from "./gates.ts";
import type { InboxObject } from "./inbox-object.ts";
import { MASTER_KEYS } from "./vault-values.ts";

/** What the Worker has beside its bindings. */
const VARIABLES = { ...SECRETS, SIGNALBOX_MASTER_KEYS: MASTER_KEYS };

/** What the isolates of a world share. */
export interface Shared {
  /** LEDGER, and those beside it where the ledger is spread. */
  databases: readonly D1Database[];
  kv: KvHistory;
  queues: Record<QueueName, FaultQueue>;
  gates: Gates;
  inbox: InboxObject;
  makeCall: MakeCall;
  current: () => Invocation | undefined;
  now: () => number;
  wrote: Wrote;
  journal: boolean;
  /** Changes statements, for a Signalbox that is broken on purpose. */
  rewrite?: (sql: string) => string;
}

/** The environment of a new isolate: every cache that hangs on a binding is cold. */
export function createEnv(shared: Shared): Bindings {
  const { databases, kv, queues, gates, inbox, makeCall, current, now, wrote, journal, rewrite } = shared;
  const queue = (name: QueueName) => queueBinding(queues[name], makeCall, wrote, now);
  const [LEDGER, ...others] = databases.map((db) => ledgerBinding(db, makeCall, current, wrote, rewrite));
  if (LEDGER === undefined) throw new Error("a world has a ledger");
  const spread = others.map((db, index) => [
    [`LEDGER_${index + 2}`, db],
    [`SIGNALBOX_LEDGER_${index + 2}_SINCE`, "2026-01-01T00:00:00Z"],
  ]);
  return {
    LEDGER,
    ...(Object.fromEntries(spread.flat()) as object),
    TABLE: kvBinding(kv, makeCall),
    INGEST: queue("INGEST"),
    DELIVER: queue("DELIVER"),
    SLOW: queue("SLOW"),
    LATE: queue("LATE"),
    DEAD: queue("DEAD"),
    ASSETS: simulator.ASSETS,
    TARGET_GATE: gateBinding(
      (account) => gates.of(account),
      (account) => gates.forget(account),
      makeCall,
    ),
    INBOX: inboxBinding(
      () => inbox.find(),
      async () => inbox.noteAlarm(),
      makeCall,
    ),
    ...VARIABLES,
    ...(journal ? { SIGNALBOX_JOURNAL: "on" } : {}),
  };
}
