// How far a replay has come, and what became of what it sent.

import { Link } from "wouter-preact";
import type { WholeReplay } from "../../api/replays.ts";
import { Badge } from "../../components/badge.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { formatCount } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { addressOf } from "./selection-words.ts";

/** The progress, with ways to what has failed. */
export function ProgressView({ replay }: { replay: WholeReplay }) {
  const { selected, sent, states, targets, left, withdrawn, skipped } = replay.progress;
  const failed = failedAddress(replay);
  return (
    <Panel title={`${formatCount(sent)} of ${formatCount(selected)} sent`}>
      <div class="replay-progress">
        <progress max={Math.max(selected, 1)} value={selected - left} aria-label="How far it has come" />
        <p class="replay-counts" role="status">
          <States states={states} />
          {left > 0 && <span class="quiet">{formatCount(left)} still to come</span>}
          {withdrawn > 0 && <span class="quiet">{formatCount(withdrawn)} taken back</span>}
        </p>
        {Object.keys(targets).length > 1 && <ByTarget targets={targets} />}
        {Object.entries(skipped).length > 0 && (
          <ul class="replay-list">
            {Object.entries(skipped).map(([why, count]) => (
              <li key={why}>
                <b>{formatCount(count)}</b> passed over:{" "}
                {why === "changed_since" ? "something else happened to them since the plan" : why.replaceAll("_", " ")}
              </li>
            ))}
          </ul>
        )}
        {failed !== undefined && (
          <p>
            <Link href={failed}>Sendouts of this selection that have failed now</Link>
          </p>
        )}
      </div>
    </Panel>
  );
}

function ByTarget({ targets }: Pick<WholeReplay["progress"], "targets">) {
  return (
    <Facts isStacked>
      {Object.entries(targets).map(([target, states]) => (
        <Fact key={target} name={target}>
          <span class="replay-counts">
            <States states={states} />
          </span>
        </Fact>
      ))}
    </Facts>
  );
}

function States({ states }: Pick<WholeReplay["progress"], "states">) {
  return (
    <>
      {Object.entries(states).map(([state, count]) => (
        <Badge key={state} state={state}>
          {formatCount(count)} {state}
        </Badge>
      ))}
    </>
  );
}

/** Where what has failed is found; undefined where nothing has, or where the replay does not know which sendouts it took. */
function failedAddress({ progress: { states }, select }: WholeReplay): string | undefined {
  const count = (states["failed"] ?? 0) + (states["expired"] ?? 0);
  return count === 0 ? undefined : addressOf(select, { deliveryState: "failed,expired" });
}
