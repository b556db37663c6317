// What stands below the last row: that more is on its way, that this is all, or why it goes no further.

import { Button } from "../../components/button.tsx";
import { describeInstant } from "../../components/instants.ts";
import { formatCount } from "../../components/numbers.ts";
import { Failure, Loading } from "../../components/states.tsx";
import type { SendoutLog } from "./sendout-log.ts";

/** How far the list has come. `onFurther` shows what arrived before an instant, because no more rows are kept. */
export function ListEnd({ log, onFurther }: { log: SendoutLog; onFurther: (until: string) => void }) {
  const { progress, soughtTo } = log;
  const count = log.kept.rows.length;
  switch (progress.value) {
    case "new":
    case "loading":
      if (count === 0 && soughtTo.value === undefined) return <Loading lines={12} label="Reading sendouts" />;
      return (
        <p class="sendout-end quiet" role="status">
          {soughtTo.value === undefined
            ? "Reading on …"
            : `Searching: back to ${describeInstant(new Date(soughtTo.value), Date.now())} …`}
        </p>
      );
    case "failed":
      return (
        <div class="sendout-end">
          <Failure error={log.error} onRetry={async () => log.more()} />
        </div>
      );
    case "paused":
      return (
        <div class="sendout-end">
          <p class="quiet">
            Searched back to {describeInstant(new Date(soughtTo.value ?? Date.now()), Date.now())}. A time, an event
            type or a target makes a search quicker.
          </p>
          <Button onClick={() => void log.more()}>Search on</Button>
        </div>
      );
    case "full":
      return (
        <div class="sendout-end">
          <p class="quiet">{formatCount(count)} sendouts are shown, which is as many as this page keeps.</p>
          <Button onClick={() => onFurther(behind(log))}>Go on with older ones</Button>
        </div>
      );
    case "ended":
      return count === 0 ? null : <p class="sendout-end quiet">That is all: {formatCount(count)}.</p>;
    case "idle":
      return null;
  }
}

/** The instant behind the last row: those that came in the same millisecond are still to be shown. */
function behind({ kept: { rows } }: SendoutLog): string {
  return new Date((rows.at(-1)?.receivedAt ?? 0) + 1).toISOString();
}
