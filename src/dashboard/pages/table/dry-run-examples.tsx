// Sendouts that the draft would treat otherwise, with what differs in their requests.

import { Link } from "wouter-preact";
import { may } from "../../api/session-state.ts";
import { Badge } from "../../components/badge.tsx";
import { Panel } from "../../components/page.tsx";
import { showValue } from "./change-words.ts";
import type { DryRun } from "./dry-run.ts";
import { FATE_WORDS } from "./fates.ts";

/** Up to three of each fate, for each route and target. */
export function DryRunExamples({ examples }: { examples: DryRun["examples"] }) {
  if (examples.length === 0) return null;
  return (
    <Panel title="Examples">
      {!may("payload") && <p class="quiet">You see kind and size of each value: values need the scope payload.</p>}
      <ul class="dry-run-examples">
        {examples.map((example) => (
          <li key={`${example.sendout} ${example.route} ${example.target} ${example.fate}`}>
            <Example example={example} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Example({
  example: { sendout, route, target, fate, changes, error },
}: {
  example: DryRun["examples"][number];
}) {
  const { title, mood } = FATE_WORDS[fate];
  return (
    <>
      <p>
        <Badge state={fate} mood={mood}>
          {title}
        </Badge>{" "}
        <Link href={`/sendouts/${encodeURIComponent(sendout)}`} class="mono">
          {sendout}
        </Link>{" "}
        <span class="quiet">
          {route} → {target}
        </span>
      </p>
      {error !== null && (
        <p class="draft-bad">
          {error.detail} <code>{error.code}</code>
        </p>
      )}
      {changes.length > 0 && (
        <dl class="dry-run-changes">
          {changes.map(({ path, before, after }) => (
            <div key={path}>
              <dt class="mono">{path}</dt>
              <dd>
                <pre class="change-before">{showValue(before)}</pre>
                <pre class="change-after">{showValue(after)}</pre>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
