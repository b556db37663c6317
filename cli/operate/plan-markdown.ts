// A plan as Markdown, for a comment on a pull request. Whatever a table or an event says stands in code, which no Markdown
// gets out of.

import { FATES } from "../../src/routing/compare-tables.ts";
import type { SourceDocument } from "../document.ts";
import { FATE_NAMES } from "./dry-run-page.ts";
import type { Plan } from "./plan.ts";
import { clip } from "./table-page.ts";

/** The longest comment that GitHub takes, in characters, less room for what it is put into. */
const LENGTH_MAX = 60_000;

/** The plan. It begins with a comment by which the one who posts it finds it again. */
export function toMarkdown({ version, changes, checked, dryRun }: Plan, { file, place }: SourceDocument): string {
  const lines = ["<!-- signalbox plan -->", `### Signalbox: ${code(file)} against version ${version}`, ""];
  if (changes.length === 0) return [...lines, "Nothing to publish: it is what is in force."].join("\n");
  const signs = { added: "+", removed: "-", changed: "~", moved: "~" } as const;
  lines.push(
    ...fence(
      "diff",
      changes.map(({ change, path, before, after }) => {
        const sides = [before, after].filter((side) => side !== undefined).map(clip);
        return `${signs[change]} ${path}: ${sides.join(" → ")}`;
      }),
    ),
  );
  for (const { path, message } of checked.errors)
    lines.push(`- ❌ ${code(`${place(path)} ${path}`)}: ${code(message)}`);
  for (const warning of checked.warnings) lines.push(`- ⚠️ ${code(warning)}`);
  if (!checked.valid) lines.push("", "**It cannot be published.**");
  if (dryRun !== null) lines.push("", ...dryRunSection(dryRun));
  const text = lines.join("\n");
  return text.length <= LENGTH_MAX
    ? text
    : `${text.slice(0, LENGTH_MAX)}\n\n… cut off here; \`signalbox plan\` has it whole.`;
}

function dryRunSection({ sendouts, deliveries, examples, warnings }: NonNullable<Plan["dryRun"]>): string[] {
  const fates = FATES.filter((fate) => deliveries.some((counts) => counts[fate] > 0));
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `**Dry run over ${sendouts.compared} logged sendouts**: ${sendouts.newlyRouted} newly routed, ${sendouts.newlyUnrouted} newly unrouted.`,
    "",
    ...(deliveries.length === 0
      ? []
      : [
          row(["route → target", ...fates.map((fate) => FATE_NAMES[fate])]),
          row(["---", ...fates.map(() => "---:")]),
          ...deliveries.map((counts) =>
            row([code(`${counts.route} → ${counts.target}`), ...fates.map((fate) => String(counts[fate]))]),
          ),
        ]),
    ...warnings.map((warning) => `- ⚠️ ${code(warning)}`),
    ...(examples.length === 0
      ? []
      : [
          "",
          "<details><summary>Examples</summary>",
          "",
          ...fence(
            "",
            examples.flatMap(({ sendout, route, target, fate, changes, error }) => [
              `${FATE_NAMES[fate]}: ${sendout}, ${route} → ${target}`,
              ...(error === null ? [] : [`    ${error.detail} (${error.code})`]),
              ...changes.map(({ path, before, after }) => `    ${path}: ${clip(before)} → ${clip(after)}`),
            ]),
          ),
          "",
          "</details>",
        ]),
  ];
}

/** Text as it stands, within a line. A fence of more backticks than the text has in a row ends only where we end it. */
function code(text: string): string {
  const ticks = "`".repeat(longestRun(text) + 1);
  return `${ticks} ${text.replaceAll(/\s*\n\s*/g, " ").replaceAll("|", String.raw`\|`)} ${ticks}`;
}

function fence(language: string, lines: readonly string[]): string[] {
  const ticks = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [ticks + language, ...lines, ticks];
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
