// What `signalbox dev` does: a router on this machine with the table of the working folder, published again whenever the
// file changes.

import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { demoPortOf, startDemoTarget } from "../local/demo-target.ts";
import { LOOK_EVERY_SECONDS, serveLocally, stateBeside, type LocalRouter } from "../local/serve.ts";
import { complain, type Outcome } from "../outcome.ts";
import { ownCommand } from "../own-command.ts";
import { answerTail } from "../operate/tail.ts";
import { TABLE_FILES } from "../read-table.ts";
import { varsFile } from "../router/choose-router.ts";
import { publishFile, type Publication } from "./publish-file.ts";
import { createTeller, type Teller } from "./tell.ts";
import { watchFolder } from "./watch-folder.ts";

/** What is asked for. */
export interface DevOptions {
  port: number;
  state?: string;
  vars?: string;
  watch: boolean;
  demo: boolean;
  json?: boolean;
}

/** Runs a router until the process ends. */
export async function runDev(named: string | undefined, options: DevOptions): Promise<Outcome> {
  const { port, watch, json = false } = options;
  const folder = process.cwd();
  if (named !== undefined && !existsSync(dirname(named))) {
    const detail = `There is no folder ${dirname(named)}, in which a table could be.`;
    return complain({ reason: "file_unreadable", detail }, 2, json);
  }
  const vars = resolve(options.vars ?? varsFile(folder));
  const files = { vars, state: resolve(options.state ?? stateBeside(vars)) };
  const tell = createTeller(json, ownCommand(folder));
  const served = await serveLocally({
    command: `${ownCommand(folder)} dev`,
    port,
    ...files,
    onLog: (line) => tell.log(line),
  });
  if (!served.ok) return complain(served, 2, json);
  const router = served.value;
  const publication = await publishFile(router.admin, named);
  tell.ready(router, files, publication);
  const demo = createDemo(options.demo, tell);
  await demo(publication);
  if (watch) {
    watchTable(router, named, async (next) => {
      tell.publication(next);
      await demo(next);
    });
  }
  tell.waiting(router, publication, watch);
  return answerTail(router, {}, { every: LOOK_EVERY_SECONDS, json });
}

/** Publishes the table whenever its file changes, one that is only written later too. */
function watchTable(
  { admin }: LocalRouter,
  named: string | undefined,
  onPublication: (publication: Publication) => Promise<void>,
): void {
  const names = named === undefined ? TABLE_FILES : [basename(named)];
  const folder = named === undefined ? "." : dirname(named);
  watchFolder(
    folder,
    (file) => names.includes(file),
    async () => onPublication(await publishFile(admin, named)),
  );
}

/** Answers for the demo target of a table, as soon as a table has one and nobody else does. */
function createDemo(isWanted: boolean, tell: Teller): (publication: Publication) => Promise<void> {
  const tried = new Set<number>();
  return async (publication) => {
    if (!isWanted || !("table" in publication)) return;
    const port = demoPortOf(publication.table);
    if (port === undefined || tried.has(port)) return;
    tried.add(port);
    const demo = await startDemoTarget(port).catch(() => undefined);
    tell.demo(port, demo?.url);
  };
}
