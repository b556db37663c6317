// What `signalbox dev` says: sentences for people, or an object a line for scripts.

import * as v from "valibot";
import { errorColours, pc } from "../colours.ts";
import { exampleEvent } from "../example-event.ts";
import { printBanner, printDemoTarget, printRow } from "../local/banner.ts";
import { LOCAL_PORT } from "../local/port.ts";
import type { LocalRouter, ServeOptions } from "../local/serve.ts";
import { changeLines } from "../operate/table-page.ts";
import { printable, printableJson } from "../terminal/printable.ts";
import type { Publication } from "./publish-file.ts";

/** Says what happens, in one of two forms. */
export interface Teller {
  /** A line of the Worker's own log. */
  log(line: string): void;
  /** The router is up, and what became of the table first of all. */
  ready(router: LocalRouter, files: Pick<ServeOptions, "state" | "vars">, publication: Publication): void;
  /** What became of the table, later. */
  publication(publication: Publication): void;
  /** The demo target of the table is at a URL, or somebody else has its port. */
  demo(port: number, url: string | undefined): void;
  /** Nothing more is done by itself. */
  waiting(router: LocalRouter, publication: Publication, isWatched: boolean): void;
}

/**
 * The form that is asked for.
 *
 * @param command how the command is called here, in what is printed to be pasted
 */
export function createTeller(json: boolean, command: string): Teller {
  return json ? jsonTeller() : textTeller(command);
}

function jsonTeller(): Teller {
  const write = (value: object): void => console.log(printableJson(JSON.stringify(value)));
  // Without the table itself: it is in the file.
  const publication = (said: Publication): void => write({ kind: "table", ...said, table: undefined });
  return {
    log: (line) => console.error(line),
    ready: ({ url, secrets, recovered }, { vars, state }, first) => {
      write({ kind: "ready", url, vars, made: secrets.created, state, recovered });
      publication(first);
    },
    publication,
    demo: (port, url) => write({ kind: "demo", port, url: url ?? null }),
    waiting: () => undefined,
  };
}

function textTeller(command: string): Teller {
  return {
    log: (line) => console.error(errorColours.dim(line)),
    ready: (router, files, publication) => {
      printBanner(router, files);
      printRow("Table", firstWords(publication));
      printProblems(publication, command);
    },
    publication: (publication) => {
      console.log(`${pc.dim(new Date().toTimeString().slice(0, 8))}  ${laterWords(publication)}`);
      if (publication.outcome === "published") for (const line of changeLines(publication.changes)) indent(line);
      printProblems(publication, command);
    },
    demo: (port, url) => {
      if (url !== undefined) printDemoTarget(url);
      else printRow("Demo target", `none: port ${port} is somebody else's, who gets what the table sends there`);
    },
    waiting: ({ url }, publication, isWatched) => {
      const event = "table" in publication ? exampleEvent(eventsOf(publication.table)) : undefined;
      if (event !== undefined) {
        const where = url.endsWith(`:${LOCAL_PORT}`) ? "" : ` --url ${url}`;
        console.log(pc.bold("\nIn another terminal, send an example through it:\n"));
        console.log(`  ${command} trigger ${event} --wait${where}`);
      }
      const watching = isWatched ? " The table is published again whenever its file changes." : "";
      console.log(pc.dim(`\nCtrl-C stops everything. What comes in is listed here.${watching}\n`));
    },
  };
}

function firstWords(publication: Publication): string {
  switch (publication.outcome) {
    case "published":
      return `${publication.file}, published as version ${publication.version}`;
    case "unchanged":
      return `${publication.file}, in force as version ${publication.version}`;
    case "refused":
    case "missing":
      return pc.yellow(inForce(publication.version));
  }
}

function laterWords(publication: Publication): string {
  switch (publication.outcome) {
    case "published":
      return pc.green(`${publication.file} is in force as version ${publication.version}`);
    case "unchanged":
      return `${publication.file} says what is in force (version ${publication.version})`;
    case "refused":
    case "missing":
      return pc.yellow(inForce(publication.version));
  }
}

function inForce(version: number | null): string {
  if (version === 0) return "none is in force yet";
  return `${version === null ? "the version of then" : `version ${version}`} is in force, as before`;
}

/** What somebody has to do something about. */
function printProblems(publication: Publication, command: string): void {
  if (publication.outcome === "missing") return indent(pc.yellow(publication.detail));
  if (publication.outcome === "refused") {
    indent(pc.red(printable(publication.detail)));
    for (const { place, path, message } of publication.errors) {
      indent(pc.red(printable(`${place}: ${path}: ${message}`)));
    }
    return;
  }
  if (publication.outcome === "published") {
    for (const warning of publication.warnings) indent(pc.yellow(printable(`warning  ${warning}`)));
  }
  const { missingSecrets } = publication;
  if (missingSecrets.length === 0) return;
  indent(pc.yellow(`No secret yet: ${missingSecrets.join(", ")}. Until there is, what needs it waits.`));
  indent(pc.yellow(`Put it into .dev.vars and start again, or: ${command} secret set ${missingSecrets[0]}`));
}

function indent(line: string): void {
  console.log(`  ${line}`);
}

const RoutesSchema = v.object({ routes: v.array(v.object({ events: v.array(v.string()) })) });

/** The event patterns of a table's routes, whatever else it says. */
function eventsOf(table: unknown): string[] {
  const parsed = v.safeParse(RoutesSchema, table);
  return parsed.success ? parsed.output.routes.flatMap(({ events }) => events) : [];
}
