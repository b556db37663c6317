// Several of the list at once: replayed as they are, or discarded, one after the other.

import { RotateCcw, Square, Trash2 } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { asApiError } from "../../api/problem.ts";
import { whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { Checkbox } from "../../components/field.tsx";
import { countOf, formatCount } from "../../components/numbers.ts";
import { runEach, type Progress } from "./run-each.ts";
import { discardQuarantined, forgetQuarantine, replayQuarantined, type Item } from "./use-quarantine.ts";

/** What is selected, what can be done with it, and how far that is. */
export function Bulk({
  chosen,
  isEvery,
  onEvery,
}: {
  chosen: readonly Item[];
  isEvery: boolean;
  onEvery: (isEvery: boolean) => void;
}) {
  const [progress, setProgress] = useState<Progress>();
  const isStopped = useRef(false);
  const isRunning = progress?.isOver === false;
  const run: Run = async (items, act) => {
    isStopped.current = false;
    const ids = items.map(({ id }) => id);
    await runEach(ids, act, setProgress, () => isStopped.current);
    onEvery(false);
    await forgetQuarantine();
  };
  const why = whyNot("replay") ?? (chosen.length === 0 ? "Select some first." : undefined);
  return (
    <div class="quarantine-bulk">
      <Checkbox
        label={chosen.length === 0 ? "Select all" : `${formatCount(chosen.length)} selected`}
        isChecked={isEvery}
        onCheck={onEvery}
      />
      <Button icon={RotateCcw} isBusy={isRunning} why={why} onClick={() => askReplay(chosen, run)}>
        Replay
      </Button>
      <Button icon={Trash2} tone="quiet" isBusy={isRunning} why={why} onClick={() => askDiscard(chosen, run)}>
        Discard
      </Button>
      {progress !== undefined && <Standing progress={progress} onStop={() => (isStopped.current = true)} />}
    </div>
  );
}

/** Does something with each of several. */
export type Run = (items: readonly Item[], act: (id: string) => Promise<unknown>) => Promise<unknown>;

function askReplay(items: readonly Item[], run: Run): void {
  const many = countOf(items.length, "sendout");
  ask({
    title: `Replay ${many}?`,
    children: <p>Each is routed again as it is, by the table in force. What is still not understood stays here.</p>,
    verb: `Replay ${many}`,
    run: async () => void run(items, async (id) => replayQuarantined(id)),
  });
}

/** Asks for the note that a discard needs, and discards them all with it. */
export function askDiscard(items: readonly Item[], run: Run): void {
  const many = countOf(items.length, "sendout");
  ask({
    title: `Discard ${many}?`,
    children: <p>Kept as long as any other and counted as open no more. Each can be replayed all the same.</p>,
    verb: `Discard ${many}`,
    tone: "danger",
    note: "Why, for whoever looks later",
    run: async (note) => {
      if (note === "") throw new Error("Say why: a discard needs a word for whoever looks later.");
      void run(items, async (id) => discardQuarantined(id, note));
    },
  });
}

function Standing({ progress: { total, done, refused, isOver }, onStop }: { progress: Progress; onStop: () => void }) {
  return (
    <div class="quarantine-standing" role="status">
      <p>
        {isOver ? "Done: " : ""}
        {formatCount(done)} of {formatCount(total)}
        {refused.length > 0 && `, ${formatCount(refused.length)} refused`}
      </p>
      {!isOver && (
        <>
          <progress max={total} value={done} aria-label="How far it is" />
          <Button icon={Square} onClick={onStop}>
            Stop
          </Button>
        </>
      )}
      {refused.length > 0 && (
        <ul>
          {refused.map(({ id, error }) => (
            <li key={id}>
              <code>{id}</code> {asApiError(error).message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
