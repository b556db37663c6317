// What a Cloudflare account holds, as far as a deploy of Signalbox touches it. The fake's only state.

/** A binding as the API has it. */
export type Binding = { type: string; name: string } & Record<string, unknown>;

/** A deployed Worker. */
export interface WorkerState {
  tag: string;
  /** How often it was uploaded. */
  uploads: number;
  bindings: Binding[];
  /** Its static assets as text, by path. */
  assets: Map<string, string>;
  /** Classes of Durable Objects that were made for it. */
  classes: string[];
  /** By name; the API never gives a value back, tests may look. */
  secrets: Map<string, string>;
  crons: string[];
  isOnWorkersDev: boolean;
}

/** A queue. */
export interface QueueState {
  queue_id: string;
  queue_name: string;
  consumers: { consumer_id: string; type: "worker"; script: string; dead_letter_queue?: string; settings: unknown }[];
}

/** An account, its resources by name. */
export interface Account {
  id: string;
  name: string;
  /** Undefined until one is registered. */
  subdomain: string | undefined;
  workers: Map<string, WorkerState>;
  /** Files that were uploaded to be static assets, as text, by hash. */
  files: Map<string, string>;
  namespaces: Map<string, string>;
  databases: Map<string, string>;
  buckets: Set<string>;
  queues: Map<string, QueueState>;
}

/** An account with nothing in it but a workers.dev subdomain. */
export function createAccount(name: string): Account {
  return {
    id: createId(),
    name,
    subdomain: name.toLowerCase(),
    workers: new Map(),
    files: new Map(),
    namespaces: new Map(),
    databases: new Map(),
    buckets: new Set(),
    queues: new Map(),
  };
}

/** An id of 32 hexadecimal digits, as most of Cloudflare's are. */
export function createId(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
