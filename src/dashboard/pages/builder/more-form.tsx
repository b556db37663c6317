// What the forms do not show of a target: as JSON, so that nothing is out of reach and nothing is lost.

import type { Draft } from "./draft.ts";
import { JsonField } from "./json-field.tsx";

/** Closed unless there is something in it. */
export function MoreForm({ draft, onChange }: { draft: Draft; onChange: (part: Partial<Draft>) => void }) {
  const hasSome = Object.keys(draft.more).length + Object.keys(draft.moreOfRequest).length > 0;
  return (
    <details class="builder-notes" open={hasSome}>
      <summary>Retries, limits and everything else</summary>
      <div class="builder-stack">
        <JsonField
          label="More of the target"
          value={draft.more}
          onValue={(more) => onChange({ more })}
          hint='For example { "retry": "long", "timeoutMs": 5000, "limits": { "perSecond": 10 } }: docs/routing-table.md.'
        />
        {draft.kind === "request" && (
          <JsonField
            label="More of the request"
            value={draft.moreOfRequest}
            onValue={(moreOfRequest) => onChange({ moreOfRequest })}
            hint='For example { "query": { "source": "voucherify" }, "missing": "null", "pathSecret": "HOOK_PATH" }.'
          />
        )}
      </div>
    </details>
  );
}
