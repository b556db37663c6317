// `signalbox completion`: the script that makes a shell complete the command's words.

import { Argument, type Command } from "commander";
import { SHELLS, type ShellName } from "../completion.ts";
import { answer, show } from "../outcome.ts";

/** Adds the command to the program, whose other commands it completes. */
export function addCompletion(program: Command): void {
  program
    .command("completion")
    .summary("print the script that makes a shell complete these commands")
    .description("Prints the script that makes a shell complete commands, options and their values.")
    .addArgument(new Argument("<shell>", "which").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  signalbox completion bash >> ~/.bashrc
  signalbox completion zsh > "\${fpath[1]}/_signalbox"
  signalbox completion fish > ~/.config/fish/completions/signalbox.fish`,
    )
    .action(async (shell: ShellName) => {
      const [{ completionScript }, { completionNodes }] = await Promise.all([
        import("../completion.ts"),
        import("../completion-tree.ts"),
      ]);
      show(answer(completionScript(shell, completionNodes(program))));
    });
}
