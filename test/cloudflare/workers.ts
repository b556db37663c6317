// Workers of an account: upload, settings, secrets, cron, and the address at workers.dev.

import { Hono, type Context } from "hono";
import { createId, type Account, type Binding, type WorkerState } from "./account.ts";
import { done, list, refuse } from "./answers.ts";
import { uploadedFiles } from "./assets.ts";

/** A binding as it is uploaded: `inherit` keeps what the one before had. */
interface Metadata {
  bindings?: Binding[];
  exports?: Record<string, { type: string }>;
  assets?: { jwt: string };
}

/** The calls about Workers. */
export function workers(account: Account): Hono {
  const known = (c: Context): WorkerState | undefined => account.workers.get(c.req.param("name") ?? "");
  const none = (c: Context, code = 10007): Response =>
    refuse(c, 404, code, "This Worker does not exist on your account.");
  return new Hono()
    .get("/workers/services/:name", (c) => {
      const worker = known(c);
      if (worker === undefined) return none(c, 10090);
      const script = { id: c.req.param("name"), tag: worker.tag, tags: null, last_deployed_from: "wrangler" };
      return done(c, { id: c.req.param("name"), default_environment: { environment: "production", script } });
    })
    .get("/workers/workers/:name", (c) => {
      const worker = known(c);
      if (worker === undefined) return none(c);
      return done(c, { subdomain: { enabled: worker.isOnWorkersDev, previews_enabled: false } });
    })
    .get("/workers/scripts/:name/settings", (c) => {
      const worker = known(c);
      return worker === undefined ? none(c) : done(c, { bindings: worker.bindings });
    })
    .get("/workers/scripts/:name/deployments", (c) => {
      const worker = known(c);
      if (worker === undefined) return none(c);
      return done(c, {
        deployments: [{ id: crypto.randomUUID(), versions: [{ version_id: worker.tag, percentage: 100 }] }],
      });
    })
    .get("/workers/scripts/:name/versions/:version", (c) => {
      const worker = known(c);
      if (worker === undefined) return none(c);
      return done(c, { id: c.req.param("version"), number: worker.uploads, resources: { bindings: worker.bindings } });
    })
    .put("/workers/scripts/:name", async (c) => upload(c, account))
    .get("/workers/scripts/:name/secrets", (c) => {
      const worker = known(c);
      if (worker === undefined) return none(c);
      return list(
        c,
        [...worker.secrets.keys()].map((name) => ({ name, type: "secret_text" })),
      );
    })
    .patch("/workers/scripts/:name/secrets-bulk", async (c) => {
      const worker = known(c);
      if (worker === undefined) return none(c);
      const { secrets } = await c.req.json<{ secrets: Record<string, { text: string } | null> }>();
      for (const [name, secret] of Object.entries(secrets)) {
        if (secret === null) worker.secrets.delete(name);
        else worker.secrets.set(name, secret.text);
      }
      return done(c, {});
    })
    .put("/workers/scripts/:name/schedules", async (c) => {
      const worker = known(c);
      if (worker === undefined) return none(c);
      worker.crons = (await c.req.json<{ cron: string }[]>()).map(({ cron }) => cron);
      return done(c, { schedules: worker.crons });
    })
    .post("/workers/scripts/:name/subdomain", async (c) => {
      const worker = known(c);
      if (worker === undefined) return none(c);
      const { enabled } = await c.req.json<{ enabled: boolean }>();
      worker.isOnWorkersDev = enabled;
      return done(c, { enabled, previews_enabled: false });
    })
    .get("/workers/subdomain", (c) =>
      account.subdomain === undefined
        ? refuse(c, 404, 10007, "You do not have a workers.dev subdomain.")
        : done(c, { subdomain: account.subdomain }),
    );
}

/** Takes an upload, when everything that it binds is there: nothing of it otherwise. */
async function upload(c: Context, account: Account): Promise<Response> {
  const name = c.req.param("name") ?? "";
  const { metadata: text } = await c.req.parseBody();
  const metadata = JSON.parse(typeof text === "string" ? text : "{}") as Metadata; // wrangler's own; tests look at it
  const before = account.workers.get(name);
  const bindings = (metadata.bindings ?? []).map((binding) =>
    binding.type === "inherit" ? (before?.bindings.find((one) => one.name === binding.name) ?? binding) : binding,
  );
  const missing = bindings.find((binding) => !exists(binding, account));
  if (missing !== undefined)
    return refuse(c, 400, 10021, `binding ${missing.name}: what it is bound to does not exist`);
  const assets = metadata.assets === undefined ? new Map() : uploadedFiles(account, metadata.assets.jwt);
  if (assets === undefined) return refuse(c, 400, 10_021, "assets: not all of them were uploaded");
  const classes = Object.keys(metadata.exports ?? {});
  const created = classes.filter((one) => !before?.classes.includes(one));
  const worker = before ?? {
    tag: createId(),
    uploads: 0,
    secrets: new Map<string, string>(),
    crons: [],
    isOnWorkersDev: false,
  };
  account.workers.set(name, { ...worker, uploads: worker.uploads + 1, bindings, assets, classes });
  return done(c, {
    id: name,
    tag: worker.tag,
    deployment_id: createId(),
    startup_time_ms: 12,
    exports_reconciliation: { ...NOTHING_RECONCILED, created },
  });
}

const NOTHING_RECONCILED = {
  created: [],
  updated: [],
  deleted: [],
  renamed: [],
  transferred: [],
  transfer_pending: [],
  warnings: [],
  info: [],
  removable_entries: [],
};

function exists(binding: Binding, { namespaces, databases, buckets, queues }: Account): boolean {
  switch (binding.type) {
    case "kv_namespace":
      return [...namespaces.values()].includes(String(binding["namespace_id"]));
    case "d1":
      return [...databases.values()].includes(String(binding["id"]));
    case "r2_bucket":
      return buckets.has(String(binding["bucket_name"]));
    case "queue":
      return queues.has(String(binding["queue_name"]));
    default:
      return binding.type !== "inherit";
  }
}
