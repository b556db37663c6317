// The scripts that make a shell complete the command's words. Each knows all words, so that pressing Tab starts nothing.

import type { CompletionNode } from "./completion-tree.ts";

/** The shells there is a script for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type ShellName = (typeof SHELLS)[number];

/** The script for a shell. */
export function completionScript(shell: ShellName, nodes: readonly CompletionNode[]): string {
  switch (shell) {
    case "bash":
      return bashScript(nodes);
    case "zsh":
      return zshScript(nodes);
    case "fish":
      return fishScript(nodes);
  }
}

function bashScript(nodes: readonly CompletionNode[]): string {
  return `# eval "$(signalbox completion bash)"
_signalbox() {
  local at="" word found=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
${pathCase(nodes)}
  done
  case "$at" in
${wordCases(nodes, (words) => `found="${words.join(" ")}"`)}
  esac
  case "$at \${COMP_WORDS[COMP_CWORD-1]}" in
${valueCases(nodes, (words) => `found="${words.join(" ")}"`)}
  esac
  COMPREPLY=($(compgen -W "$found" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _signalbox signalbox`;
}

function zshScript(nodes: readonly CompletionNode[]): string {
  return `#compdef signalbox
# eval "$(signalbox completion zsh)"
_signalbox() {
  local at="" word
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
${pathCase(nodes)}
  done
  case "$at" in
${wordCases(nodes, (words) => `found=(${words.join(" ")})`)}
  esac
  case "$at \${words[CURRENT-1]}" in
${valueCases(nodes, (words) => `found=(${words.join(" ")})`)}
  esac
  compadd -- $found || _files
}
compdef _signalbox signalbox`;
}

/** Follows the words that name commands; whatever else stands among them does not lead further. */
function pathCase(nodes: readonly CompletionNode[]): string {
  const paths = nodes.flatMap(({ path }) => (path === "" ? [] : [`"${path}"`]));
  return `    case "\${at:+$at }$word" in
      ${paths.join("|")}) at="\${at:+$at }$word" ;;
    esac`;
}

type Assign = (words: readonly string[]) => string;

function wordCases(nodes: readonly CompletionNode[], assign: Assign): string {
  return nodes
    .map(({ path, commands, options, choices }) => {
      const words = [...commands.map(({ name }) => name), ...choices, ...options.map(({ flag }) => flag)];
      return `    "${path}") ${assign(words)} ;;`;
    })
    .join("\n");
}

/** What an option's value can be; nothing, which leaves files, where anything can. */
function valueCases(nodes: readonly CompletionNode[], assign: Assign): string {
  const cases = nodes.flatMap(({ path, options }) =>
    options.flatMap(({ flag, takesValue, choices }) =>
      takesValue ? [`    "${path} ${flag}") ${assign(choices)} ;;`] : [],
    ),
  );
  return cases.join("\n");
}

function fishScript(nodes: readonly CompletionNode[]): string {
  const lines = nodes.flatMap(({ path, commands, options, choices }) => {
    const here = `complete -c signalbox -n '${fishCondition(path, commands)}'`;
    return [
      ...commands.map(({ name, summary }) => `${here} -f -a ${name} -d ${fishText(summary)}`),
      ...(choices.length > 0 ? [`${here} -f -a '${choices.join(" ")}'`] : []),
      ...options.map(({ flag, description, takesValue, choices: values }) => {
        const value = !takesValue ? "" : values.length > 0 ? ` -x -a '${values.join(" ")}'` : " -r";
        return `${here} -l ${flag.slice(2)}${value} -d ${fishText(description)}`;
      }),
    ];
  });
  return ["# signalbox completion fish | source", ...lines].join("\n");
}

/** Holds where every word of the path has been written and no command below it has. */
function fishCondition(path: string, commands: CompletionNode["commands"]): string {
  const seen = path === "" ? [] : path.split(" ").map((word) => `__fish_seen_subcommand_from ${word}`);
  const below = commands.map(({ name }) => name).join(" ");
  const unseen = below === "" ? [] : [`not __fish_seen_subcommand_from ${below}`];
  return [...seen, ...unseen].join("; and ");
}

function fishText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`;
}
