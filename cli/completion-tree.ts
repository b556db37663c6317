// The program as a shell's completion sees it: every command with its words. Read off commander, so that it cannot lag.

import type { Command, Option } from "commander";

/** A command, found by its path: `token create`; the program itself has an empty one. */
export interface CompletionNode {
  path: string;
  commands: readonly { name: string; summary: string }[];
  options: readonly CompletionOption[];
  /** What its arguments can be, where that is known. */
  choices: readonly string[];
}

/** An option of a command. */
export interface CompletionOption {
  flag: string;
  description: string;
  takesValue: boolean;
  choices: readonly string[];
}

/** Every command below and with this one. */
export function completionNodes(command: Command, path: readonly string[] = []): CompletionNode[] {
  const children = command.commands.filter((child) => child.name() !== "help");
  const node: CompletionNode = {
    path: path.join(" "),
    commands: children.flatMap((child) =>
      [child.name(), ...child.aliases()].map((name) => ({ name, summary: child.summary() || child.description() })),
    ),
    options: [...command.options, ...HELP].flatMap(toOption),
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
  return [
    node,
    ...children.flatMap((child) =>
      [child.name(), ...child.aliases()].flatMap((name) => completionNodes(child, [...path, name])),
    ),
  ];
}

const HELP: readonly Pick<Option, "long" | "description" | "required" | "optional" | "argChoices">[] = [
  { long: "--help", description: "print this help", required: false, optional: false },
];

function toOption({
  long,
  description,
  required,
  optional,
  argChoices = [],
}: (typeof HELP)[number]): CompletionOption[] {
  return long ? [{ flag: long, description, takesValue: required || optional, choices: argChoices }] : [];
}
