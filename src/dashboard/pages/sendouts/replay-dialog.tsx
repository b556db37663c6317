// What is asked before a replay is planned: what is sent, of which deliveries, how fast. The plan sends nothing; its page
// shows it, and runs it.

import { useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import type { PlanRequest } from "../../api/replays.ts";
import { useTargets } from "../../api/table-parts.ts";
import { AskDialog } from "../../components/ask-dialog.tsx";
import { Combobox } from "../../components/combobox.tsx";
import { Checkbox, TextField } from "../../components/field.tsx";
import { countOf } from "../../components/numbers.ts";
import { REPLAYED_STATES, statesOf, toSelect, whyNothing, type Chosen, type ReplayedState } from "./replay-select.ts";
import { useAct } from "../../api/use-act.ts";
import "./replay-dialog.css";

type Mode = PlanRequest["mode"];

const MODES: readonly (readonly [Mode, label: string, hint: string])[] = [
  ["as then", "As then", "The same bytes under the same key. For a target that was unwell."],
  ["as now", "As now", "What the table in force makes of it, under the same key. For a template that was wrong."],
  ["as new", "As new", "As now, but under a new key, so that the target takes it once more."],
];

const RATE_DEFAULT = 10;
const RATE_MAX = 50;

/** The dialog. */
export function ReplayDialog({ chosen, onClose }: { chosen: Chosen; onClose: () => void }) {
  const [, navigate] = useLocation();
  const [mode, setMode] = useState<Mode>();
  const [states, setStates] = useState<readonly ReplayedState[]>(statesOf(chosen));
  const [target, setTarget] = useState(chosen.kind === "filter" ? (chosen.filter.target ?? "") : "");
  const [rate, setRate] = useState(String(RATE_DEFAULT));
  const why = whyNothing(chosen) ?? whyNotYet(mode, states, rate);
  const planning = useAct({
    mutationFn: async (as: Mode) => {
      // What the filter has beside it are texts that the router checks, as it does those of a search.
      const select = toSelect(chosen, states, target, Date.now()) as PlanRequest["select"];
      return answerOf(admin.replays.$post({ json: { select, mode: as, rate: Number(rate) } }));
    },
    onSuccess: ({ id }) => {
      onClose();
      navigate(`/replays/${id}`);
    },
  });
  return (
    <AskDialog
      title={`Replay ${nameOf(chosen)}`}
      verb="Make the plan"
      why={why}
      act={planning}
      onAct={() => mode !== undefined && planning.mutate(mode)}
      onClose={onClose}
    >
      <p class="quiet">First comes a plan: what would be sent to whom, and what is left out. Nothing is sent by it.</p>
      <Modes mode={mode} onMode={setMode} />
      {chosen.kind !== "delivery" && (
        <>
          <States states={states} onStates={setStates} />
          <OneTarget target={target} onTarget={setTarget} />
        </>
      )}
      <TextField
        label="Deliveries a second"
        type="number"
        min={1}
        max={RATE_MAX}
        value={rate}
        onText={setRate}
        error={isRate(rate) ? undefined : `A whole number from 1 to ${RATE_MAX}.`}
      />
    </AskDialog>
  );
}

function Modes({ mode, onMode }: { mode: Mode | undefined; onMode: (mode: Mode) => void }) {
  return (
    <fieldset class="replay-modes">
      <legend class="field-label">What is sent</legend>
      {MODES.map(([value, label, hint]) => (
        <label key={value}>
          <input
            type="radio"
            name="replay-mode"
            aria-label={label}
            aria-describedby={`replay-${value.slice(3)}`}
            checked={mode === value}
            onChange={() => onMode(value)}
          />
          <span>
            <b>{label}</b>
            <span id={`replay-${value.slice(3)}`} class="field-hint">
              {hint}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function States({
  states,
  onStates,
}: {
  states: readonly ReplayedState[];
  onStates: (states: readonly ReplayedState[]) => void;
}) {
  return (
    <fieldset class="replay-states">
      <legend class="field-label">Deliveries that are</legend>
      {REPLAYED_STATES.map((state) => (
        <Checkbox
          key={state}
          label={state}
          isChecked={states.includes(state)}
          onCheck={(isChecked) =>
            onStates(REPLAYED_STATES.filter((one) => (one === state ? isChecked : states.includes(one))))
          }
        />
      ))}
    </fieldset>
  );
}

function OneTarget({ target, onTarget }: { target: string; onTarget: (target: string) => void }) {
  const { data } = useTargets();
  const choices = [{ value: ALL, label: "All targets" }, ...(data?.items.map(({ id }) => ({ value: id })) ?? [])];
  return (
    <Combobox
      label="To"
      choices={choices}
      value={target === "" ? ALL : target}
      onChoose={(value) => onTarget(value === ALL ? "" : value)}
    />
  );
}

/** No target can be called so. */
const ALL = "*";

function nameOf(chosen: Chosen): string {
  switch (chosen.kind) {
    case "delivery":
      return `the delivery to ${chosen.target}`;
    case "sendouts":
      return countOf(chosen.ids.length, "sendout");
    case "filter":
      return "all that the filter finds";
  }
}

function whyNotYet(mode: Mode | undefined, states: readonly string[], rate: string): string | undefined {
  if (mode === undefined) return "Choose what is sent.";
  if (states.length === 0) return "Choose which deliveries, by their state.";
  return isRate(rate) ? undefined : "Give a rate.";
}

function isRate(text: string): boolean {
  return /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= RATE_MAX;
}
