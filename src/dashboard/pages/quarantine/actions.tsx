// What can be done with one that is in quarantine: replay it as it is or corrected, or discard it.

import { Pencil, RotateCcw, Trash2 } from "lucide-preact";
import { lazy, Suspense } from "preact/compat";
import { useState } from "preact/hooks";
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
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const replay = async (body?: string) => {
    setBusy(true);
    setError(undefined);
    try {
      const { state, planned } = await replayQuarantined(item.id, body);
      const unrouted = "No route takes it.";
      tell({
        title: "Replayed",
        description: state === "unrouted" ? unrouted : `${countOf(planned.length, "delivery", "deliveries")} planned.`,
      });
      await forgetQuarantine();
    } catch (refusal) {
      setError(refusal);
    }
    setBusy(false);
  };
  const correct = () => {
    setCorrecting(true);
    // Corrected is what arrived, not what is left of it under a mask.
    if (text === undefined) askReveal(onReveal);
  };
  const discardEach: Run = async (items, act) => {
    try {
      for (const { id } of items) await act(id);
      await forgetQuarantine();
    } catch (refusal) {
      setError(refusal);
    }
  };
  return (
    <>
      <div class="quarantined-actions">
        <Button tone="primary" icon={RotateCcw} isBusy={isBusy} why={whyNot("replay")} onClick={() => void replay()}>
          Replay as it is
        </Button>
        <Button icon={Pencil} why={whyNot("replay", "payload")} onClick={correct}>
          Correct…
        </Button>
        {item.discarded === null && (
          <Button tone="quiet" icon={Trash2} why={whyNot("replay")} onClick={() => askDiscard([item], discardEach)}>
            Discard…
          </Button>
        )}
      </div>
      {error !== undefined && <Failure error={error} />}
      {isCorrecting && text !== undefined && (
        <Correction text={text} isBusy={isBusy} onReplay={(body) => void replay(body)} />
      )}
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
