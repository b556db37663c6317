// What `signalbox init` says: which files there are now, and what to do next.

import { pc } from "../colours.ts";
import { answer, toJson, type Outcome } from "../outcome.ts";
import { ownCommand } from "../own-command.ts";
import { alignColumns } from "../text-table.ts";

/** What became of a file. */
export interface FileOutcome {
  file: string;
  outcome: "written" | "extended" | "kept";
  about: string;
}

/** How a folder was left. */
export interface Initialised {
  files: FileOutcome[];
  /** Names of secrets that the table needs and that are not in `.dev.vars`. */
  missingSecrets: string[];
  /** An event to try the table with; undefined where the catalogue has none that it takes. */
  event: string | undefined;
}

/** A step that follows. */
interface Step {
  command: string;
  meaning: string;
}

const SIGNS = { written: "✓", extended: "+", kept: "=" } as const;

/** Files and next steps, for people or as JSON. */
export function tellInit({ files, missingSecrets, event }: Initialised, json: boolean): Outcome {
  const command = ownCommand(process.cwd());
  const next = stepsFrom(command, event);
  if (json) return answer(toJson({ files, missingSecrets, next: next.map((step) => step.command) }));
  const missing = missingSecrets.map((name) => pc.yellow(`  ! ${name} is missing: put it into .dev.vars as ${name}=…`));
  return answer(
    [
      ...alignColumns(
        files.map(({ file, outcome, about }) => [`  ${SIGNS[outcome]} ${file}`, `${WORDS[outcome]}${about}`]),
      ),
      ...missing,
      "",
      pc.bold("Next:"),
      ...alignColumns(next.map(({ command: line, meaning }) => [`  ${line}`, { text: meaning, paint: pc.dim }])),
    ].join("\n"),
  );
}

const WORDS = { written: "", extended: "", kept: "left alone: " } as const;

function stepsFrom(command: string, event: string | undefined): Step[] {
  return [
    { command: `${command} dev`, meaning: "a router here, with this table, published again as you change it" },
    ...(event === undefined
      ? []
      : [
          {
            command: `${command} trigger ${event} --wait`,
            meaning: "in another terminal: a signed example, to its end",
          },
        ]),
    { command: `${command} test`, meaning: "the table's tests, which need no router" },
    { command: `${command} deploy`, meaning: "to Cloudflare, once requests go where they should" },
  ];
}
