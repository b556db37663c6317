// What is deployed: the Worker as its configuration file describes it.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { experimental_readRawConfig as readRawConfig, unstable_readConfig as readConfig } from "wrangler";
import { DeployError } from "./deploy-error.ts";

const BindingsSchema = v.array(v.looseObject({ binding: v.string(), id: v.optional(v.string()) }));

/** What of wrangler's configuration matters here; its package brings no types for it. */
const ConfigSchema = v.object({
  name: v.string("the Worker needs a name"),
  account_id: v.optional(v.string()),
  kv_namespaces: BindingsSchema,
  d1_databases: BindingsSchema,
  queues: v.object({ producers: v.optional(BindingsSchema, []) }),
});

const RawConfigSchema = v.looseObject({ kv_namespaces: v.optional(BindingsSchema, []) });

/** The part of the configuration that a deploy goes by. */
export interface Project {
  configPath: string;
  /** Name of the Worker. */
  name: string;
  accountId: string | undefined;
  /** Names of the bindings that make a Worker this one: databases, namespaces and queues. */
  bindings: readonly string[];
  /** Bindings of KV namespaces that the file gives no id for. */
  namespacesWithoutId: readonly string[];
}

/** The configuration that Signalbox comes with. */
const OWN_CONFIG = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));

/**
 * Reads the configuration.
 *
 * @throws DeployError when there is none, or wrangler cannot read it
 */
export function readProject(given = OWN_CONFIG): Project {
  const configPath = resolve(given);
  process.env["WRANGLER_LOG"] ??= "error"; // it would announce each file it reads
  if (!existsSync(configPath)) throw unreadable(`There is no file ${given}.`);
  try {
    const config = v.parse(ConfigSchema, readConfig({ config: configPath }));
    const { name, account_id: accountId, kv_namespaces: namespaces, d1_databases: databases, queues } = config;
    return {
      configPath,
      name,
      accountId,
      bindings: [...namespaces, ...databases, ...queues.producers].map(({ binding }) => binding),
      namespacesWithoutId: namespaces.filter(({ id }) => id === undefined).map(({ binding }) => binding),
    };
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error));
  }
}

function unreadable(detail: string): DeployError {
  const remedy = "Look at wrangler.toml, or name another file with --config.";
  return new DeployError({ reason: "config_unreadable", detail, remedy }, 2);
}

/** The configuration as JSON, with the ids of KV namespaces, which are given by binding. */
export function withNamespaceIds({ configPath }: Project, ids: ReadonlyMap<string, string>): string {
  const config = v.parse(RawConfigSchema, readRawConfig({ config: configPath }).rawConfig);
  const namespaces = config.kv_namespaces.map((namespace) => ({
    ...namespace,
    id: namespace.id ?? ids.get(namespace.binding),
  }));
  return JSON.stringify({ ...config, kv_namespaces: namespaces });
}
