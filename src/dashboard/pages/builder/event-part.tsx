// Which event is looked at, as an example or as it was logged, and its fields to point at.

import { ChevronLeft, ChevronRight, Eye } from "lucide-preact";
import { useEventTypes } from "../../api/events.ts";
import { may, whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { Combobox } from "../../components/combobox.tsx";
import { Select } from "../../components/field.tsx";
import { describeInstant } from "../../components/instants.ts";
import { Failure, Loading } from "../../components/states.tsx";
import { FieldTree } from "./field-tree.tsx";
import type { useEvent } from "./use-event.ts";

/** The left part of the builder. */
export function EventPart({
  event,
  sendout,
  looked,
  isRevealed,
  onChoose,
  onReveal,
  onPick,
}: {
  event: string;
  sendout: string;
  looked: ReturnType<typeof useEvent>;
  isRevealed: boolean;
  onChoose: (event: string, sendout: string) => void;
  onReveal: () => void;
  onPick: (path: string) => void;
}) {
  const types = useEventTypes();
  const { described, logged, whole, fields } = looked;
  const known = (types.data?.events ?? []).map(({ type, meaning }) => ({ value: type, hint: meaning }));
  // Voucherify may send what the catalogue does not have yet.
  const choices = known.some(({ value }) => value === event) ? known : [...known, { value: event }];
  const payload = whole.data?.payload;
  return (
    <div class="builder-stack">
      <Combobox
        // The field shows what is chosen only where it is among the choices when it appears.
        key={String(types.data !== undefined)}
        label="Event"
        choices={choices}
        value={event}
        onChoose={(chosen) => onChoose(chosen, "")}
        placeholder="redemption, points, order…"
        allowsOther
      />
      {described.data !== undefined && <p class="field-hint">{described.data.meaning}</p>}
      {described.error !== null && (
        <p class="field-hint">The catalogue does not have this type. Choose a logged sendout to see its fields.</p>
      )}
      <SendoutChoice {...{ event, sendout, logged }} onChoose={(id) => onChoose(event, id)} />
      {sendout !== "" && !may("payload") && (
        <p class="field-hint">What it says is not shown to you: {whyNot("payload")}</p>
      )}
      {whole.error !== null && <Failure error={whole.error} />}
      {may("payload") && payload?.content === null && (
        <p class="field-hint">Its payload is not kept any more, so the fields have no values.</p>
      )}
      {(payload?.masked?.length ?? 0) > 0 && !isRevealed && (
        <p class="builder-reveal">
          Personal values are masked.
          <Button icon={Eye} onClick={onReveal}>
            Reveal
          </Button>
          <span class="quiet">The audit log notes it.</span>
        </p>
      )}
      {described.isLoading ? (
        <Loading lines={10} label="Loading the fields" />
      ) : (
        <FieldTree fields={fields} onPick={onPick} />
      )}
    </div>
  );
}

/** The example of the catalogue, or one of the newest that were logged. */
function SendoutChoice({
  event,
  sendout,
  logged,
  onChoose,
}: {
  event: string;
  sendout: string;
  logged: ReturnType<typeof useEvent>["logged"];
  onChoose: (id: string) => void;
}) {
  const now = Date.now();
  const ids = ["", ...logged.map(({ id }) => id)];
  // One that was linked to may be older than those that are listed.
  const isListed = ids.includes(sendout);
  const options = [
    ["", "Made-up example"] as const,
    ...logged.map(
      ({ id, receivedAt, label }) =>
        [id, `${describeInstant(new Date(receivedAt), now)}${label === null ? "" : ` · ${label}`}`] as const,
    ),
    ...(isListed ? [] : [[sendout, sendout] as const]),
  ];
  const step = (by: number) => onChoose(ids[(Math.max(0, ids.indexOf(sendout)) + by + ids.length) % ids.length] ?? "");
  const why = logged.length === 0 ? `No ${event} has been logged yet.` : undefined;
  return (
    <div class="builder-sendout">
      <Select label="Sendout" value={sendout} options={options} onChoose={onChoose} />
      <Button icon={ChevronLeft} label="Previous sendout" why={why} onClick={() => step(-1)} />
      <Button icon={ChevronRight} label="Next sendout" why={why} onClick={() => step(1)} />
    </div>
  );
}
