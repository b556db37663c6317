// What can be done about one delivery, by how it stands.

import { CircleX, ListRestart, Play, RotateCw } from "lucide-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { whyNot } from "../../api/session-state.ts";
import { useAct } from "../../api/use-act.ts";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { countOf } from "../../components/numbers.ts";
import { tell, tellError } from "../../components/toasts.tsx";
import { REPLAYED_STATES, type Chosen } from "./replay-select.ts";
import { expectChange, type Delivery, type WholeSendout } from "./use-sendout.ts";

const RETRIED: ReadonlySet<string> = new Set(["failed", "expired", "cancelled"]);
const WAITING: ReadonlySet<string> = new Set(["scheduled", "held"]);

/** Whether a delivery has ended without success, so that it can be sent once more. */
export function canRetry({ state }: Pick<Delivery, "state">): boolean {
  return RETRIED.has(state);
}

/** Asks whether everything of a sendout that has ended without success is sent again. */
export function askToRetry({ deliveries }: WholeSendout): void {
  const ended = deliveries.filter(canRetry);
  ask({
    title: `Retry ${countOf(ended.length, "delivery", "deliveries")}?`,
    children: <p>The same bytes under the same key go to {ended.map(({ target }) => target).join(", ")}.</p>,
    verb: "Retry",
    run: async () => {
      try {
        for (const { id } of ended) await retry(id);
      } finally {
        await expectChange();
      }
    },
  });
}

/** Sends a delivery again. */
async function retry(id: string): Promise<void> {
  await answerOf(admin.deliveries[":id"].retry.$post({ param: { id } }));
}

/** Something that a button does, with what is said when it is done and when it is refused. */
interface Act {
  call: () => Promise<unknown>;
  done: string;
  failed: string;
}

/** The buttons of a delivery. */
export function DeliveryActions({ delivery, onReplay }: { delivery: Delivery; onReplay: (chosen: Chosen) => void }) {
  const { id, target, state } = delivery;
  const why = whyNot("replay");
  const acting = useAct({
    mutationFn: async ({ call }: Act) => call(),
    onSuccess: (_, { done }) => tell({ title: done }),
    onError: (error, { failed }) => tellError(error, failed),
    // Whatever came of it: somebody else may have been quicker.
    onSettled: expectChange,
  });
  const param = { id };
  return (
    <span class="delivery-actions">
      {RETRIED.has(state) && (
        <Button
          icon={RotateCw}
          isBusy={acting.isPending}
          why={why}
          onClick={() =>
            acting.mutate({
              call: async () => retry(id),
              done: `Sent to ${target} again.`,
              failed: `It was not sent to ${target}.`,
            })
          }
        >
          Retry
        </Button>
      )}
      {REPLAYED_STATES.some((one) => one === state) && (
        <Button
          tone="quiet"
          icon={ListRestart}
          why={why}
          onClick={() => onReplay({ kind: "delivery", id, target, state })}
        >
          Replay…
        </Button>
      )}
      {WAITING.has(state) && (
        <>
          <Button
            icon={Play}
            isBusy={acting.isPending}
            why={why}
            onClick={() =>
              acting.mutate({
                call: async () => answerOf(admin.deliveries[":id"].release.$post({ param })),
                done: "It goes now.",
                failed: "It was not let go.",
              })
            }
          >
            Release
          </Button>
          <Button
            tone="quiet"
            icon={CircleX}
            why={why}
            onClick={() =>
              askToCancel(target, async () => {
                await answerOf(admin.deliveries[":id"].cancel.$post({ param }));
                await expectChange();
              })
            }
          >
            Cancel
          </Button>
        </>
      )}
    </span>
  );
}

function askToCancel(target: string, run: () => Promise<void>): void {
  ask({
    title: `Give up the delivery to ${target}?`,
    children: <p>It is sent no more by itself. A retry can bring it back.</p>,
    verb: "Give up",
    tone: "danger",
    run,
  });
}
