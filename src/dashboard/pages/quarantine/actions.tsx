// What can be done with one that is in quarantine: replay it as it is or corrected, or discard it.

import { Pencil, RotateCcw, Trash2 } from "lucide-preact";
import { lazy, Suspense } from "preact/compat";
import { useState } from "preact/hooks";
import { useAct } from "../../api/use-act.ts";
import { whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { countOf } from "../../components/numbers.ts";
import { Failure, Loading } from "../../components/states.tsx";
import { tell } from "../../components/toasts.tsx";
import { askDiscard, type Run } from "./bulk.tsx";
import { askReveal } from "./payload-view.tsx";
import { forgetQuarantine, replayQuarantined, type Item } from "./use-quarantine.ts";

const Editor = lazy(async () => ({ default: (await import("../../editor/editor.tsx")).Editor }));

/** The actions; `text` is what a correction begins with, undefined until the payload is revealed. */
export function Actions({ item, text, onReveal }: { item: Item; text: string | undefined; onReveal: () => void }) {
  const [isCorrecting, setCorrecting] = useState(false);
  const acting = useAct({
    mutationFn: async (act: () => Promise<unknown>) => act(),
    onSuccess: forgetQuarantine,
  });
  const replay = (body?: string) =>
    acting.mutate(async () => {
      const { state, planned } = await replayQuarantined(item.id, body);
      const unrouted = "No route takes it.";
      tell({
        title: "Replayed",
        description: state === "unrouted" ? unrouted : `${countOf(planned.length, "delivery", "deliveries")} planned.`,
      });
    });
  const correct = () => {
    setCorrecting(true);
    // Corrected is what arrived, not what is left of it under a mask.
    if (text === undefined) askReveal(onReveal);
  };
  const discard: Run = async (_items, act) => acting.mutate(async () => act(item.id));
  return (
    <>
      <div class="quarantined-actions">
        <Button
          tone="primary"
          icon={RotateCcw}
          isBusy={acting.isPending}
          why={whyNot("replay")}
          onClick={() => replay()}
        >
          Replay as it is
        </Button>
        <Button icon={Pencil} why={whyNot("replay", "payload")} onClick={correct}>
          Correct…
        </Button>
        {item.discarded === null && (
          <Button tone="quiet" icon={Trash2} why={whyNot("replay")} onClick={() => askDiscard([item], discard)}>
            Discard…
          </Button>
        )}
      </div>
      {acting.error !== null && <Failure error={acting.error} />}
      {isCorrecting && text !== undefined && <Correction text={text} isBusy={acting.isPending} onReplay={replay} />}
    </>
  );
}

/** The text to be corrected, with what is wrong with it as JSON at its place. */
function Correction({ text, isBusy, onReplay }: { text: string; isBusy: boolean; onReplay: (text: string) => void }) {
  const [corrected, setCorrected] = useState(text);
  const wrong = problemOf(corrected);
  return (
    <section class="quarantined-correction">
      <h3>Corrected text</h3>
      <Suspense fallback={<Loading lines={6} />}>
        <Editor label="Corrected text" value={corrected} onText={setCorrected} />
      </Suspense>
      <p class={wrong === undefined ? "quiet" : "field-error"} role="status">
        {wrong ?? "It becomes the sendout's payload; what arrived is kept beside it."}
      </p>
      <div class="quarantined-actions">
        <Button tone="primary" icon={RotateCcw} isBusy={isBusy} why={wrong} onClick={() => onReplay(corrected)}>
          Replay the corrected text
        </Button>
      </div>
    </section>
  );
}

/** What is wrong with a text as a sendout's; undefined where it is a JSON object. */
function problemOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? undefined : "A sendout is a JSON object.";
  } catch (error) {
    return `It is not JSON: ${error instanceof Error ? error.message : "the browser does not say why"}.`;
  }
}
