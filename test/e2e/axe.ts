// What axe finds in a page: https://github.com/dequelabs/axe-core (WCAG 2.2 AA and its own best practices).

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Page } from "playwright-core";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Findings that fail a test; the others are said by nobody, as half of them are matters of taste. */
const GRAVE: ReadonlySet<string> = new Set(["serious", "critical"]);

/** The serious and critical findings in a page as it stands, each with where it is and what is wrong there. */
export async function findGrave(page: Page): Promise<string[]> {
  // By the debugger: the page's own policy lets no script in.
  await page.evaluate(SOURCE);
  const { violations } = await page.evaluate(async () => {
    // What the script above has defined.
    const { axe: runner } = window as unknown as { axe: typeof axe };
    return runner.run(document, { resultTypes: ["violations"] });
  });
  return violations
    .filter(({ impact }) => GRAVE.has(impact ?? ""))
    .flatMap(({ id, impact, nodes }) =>
      nodes.map(
        ({ target, failureSummary = "" }) =>
          `${impact} ${id} at ${target.join(" ")}: ${failureSummary.replaceAll(/\s+/g, " ")}`,
      ),
    );
}
