// When a target is tried again: one of the schedules, or waits of its own.

import { useState } from "preact/hooks";
import { Select, TextField } from "../../components/field.tsx";
import { valueOf, wrongAt } from "./fields-form.ts";
import type { PartForm } from "./part-form.ts";

const SCHEDULES = [
  ["standard", "Standard: 8 attempts in 27.6 hours"],
  ["long", "Long: 10 attempts in 75.6 hours"],
  ["short", "Short: 5 attempts in 21 minutes"],
  ["own", "Waits of its own"],
] as const;

/** The schedule, and the waits where there are any. */
export function RetryFields({ form }: { form: PartForm }) {
  const retry = valueOf(form, "retry");
  const named = SCHEDULES.find(([id]) => id === (retry ?? "standard"))?.[0];
  return (
    <>
      <Select
        label="Tries again"
        value={named ?? "own"}
        options={SCHEDULES}
        error={wrongAt(form, "retry")}
        onChoose={(chosen) =>
          form.set("retry", chosen === "own" ? [60, 600] : chosen === "standard" ? undefined : chosen)
        }
      />
      {named === undefined && <Waits value={retry} onWaits={(waits) => form.set("retry", waits)} />}
    </>
  );
}

/** What is typed stays as it is typed, while the definition has what it means. */
function Waits({ value, onWaits }: { value: unknown; onWaits: (waits: readonly (number | string)[]) => void }) {
  const own = Array.isArray(value) ? value.join(", ") : "";
  const [typed, setTyped] = useState(own);
  return (
    <TextField
      label="Seconds before each further attempt"
      hint="Divided by commas. None is a single attempt."
      value={toWaits(typed).join(", ") === own ? typed : own}
      onText={(text) => {
        setTyped(text);
        onWaits(toWaits(text));
      }}
    />
  );
}

/** What is no number stays a text; a check says so. */
function toWaits(text: string): (number | string)[] {
  const parts = text.split(",").map((part) => part.trim());
  return parts.filter((part) => part !== "").map((part) => (/^\d{1,9}$/.test(part) ? Number(part) : part));
}
