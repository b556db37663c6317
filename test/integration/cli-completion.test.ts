// `signalbox completion`: what a shell offers for a line that is not finished.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runInProcess } from "./shell.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-completion-"));

beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out } = await runInProcess(["completion", shell], { folder });
    expect(code).toBe(0);
    writeFileSync(join(folder, shell), out);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What bash offers for words of which the last is not finished. */
function offered(...words: string[]): string[] {
  const script = `source ./bash; COMP_WORDS=(signalbox "$@"); COMP_CWORD=$#; _signalbox; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync("bash", ["-c", script, "bash", ...words], { cwd: folder, encoding: "utf8" });
  return out.trim().split("\n");
}

describe("in bash", () => {
  it.each([
    [["se"], ["search", "secret"]],
    [["token", "c"], ["create"]],
    [
      ["incidents", "a"],
      ["acknowledge", "ack"],
    ],
    [["search", "--url-"], ["--url-only"]],
    [["token", "create", "--sc"], ["--scope"]],
    [["pause", "t"], ["target"]],
    [["trigger", "redemption.succeeded", "--version", "v2024"], ["v2024-01-01"]],
    [
      ["replay", "--as", ""],
      ["then", "now", "new"],
    ],
    [["completion", "z"], ["zsh"]],
    [["listen", "--forward", "ht"], [""]],
  ])("for %j it offers %j", (words, found) => {
    expect(offered(...words).toSorted()).toEqual(found.toSorted());
  });
});

/** Where a shell is, if this machine has it. */
function find(shell: string): string | undefined {
  return ["/bin", "/usr/bin", "/usr/local/bin"].map((place) => join(place, shell)).find(existsSync);
}

describe("in the other shells", () => {
  it.skipIf(find("fish") === undefined)("it offers the same: fish", () => {
    const ask = (line: string) =>
      execFileSync(find("fish") ?? "", ["-c", `source ./fish; complete -C ${JSON.stringify(line)}`], {
        cwd: folder,
        encoding: "utf8",
      });
    expect(ask("signalbox token c")).toBe(
      "create\tMakes one, and prints it, alone, this once; what it is for stands on stderr.\n",
    );
    expect(ask("signalbox trigger x --version v2024")).toMatch(/^v2024-01-01\b/);
    expect(ask("signalbox search --url-")).toMatch(/^--url-only\t/);
  });

  it.skipIf(find("zsh") === undefined)("it offers the same: zsh", () => {
    const ask = (...words: string[]) => {
      const stubs = "compdef() { :; }; compadd() { shift; print -l -- $@; }";
      const script = `${stubs}; source ./zsh; words=(signalbox "$@"); CURRENT=$(( $# + 1 )); _signalbox`;
      return execFileSync(find("zsh") ?? "", ["-f", "-c", script, "zsh", ...words], { cwd: folder, encoding: "utf8" });
    };
    expect(ask("token", "").split("\n")).toEqual(expect.arrayContaining(["list", "create", "delete", "--help"]));
    expect(ask("trigger", "x", "--version", "")).toBe("v2024-01-01\nv2018-08-01\n");
  });
});
