// Pauses a target or a route.

import { useState } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { forgetHolds } from "../../api/holds.ts";
import { whyNot } from "../../api/session-state.ts";
import { useRoutes, useTargets } from "../../api/table-parts.ts";
import { AskDialog } from "../../components/ask-dialog.tsx";
import { Combobox, type Choice } from "../../components/combobox.tsx";
import { Select, TextField } from "../../components/field.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { tell } from "../../components/toasts.tsx";
import { PAUSE_MODES, subjectOf } from "./waiting.ts";
import { useAct } from "../../api/use-act.ts";

/** The question what to pause. `subject` is `target:` or `route:` and a name where somebody has chosen already. */
export function PauseDialog({ subject, onClose }: { subject: string; onClose: () => void }) {
  const [chosen, setChosen] = useState(subject);
  const [mode, setMode] = useState<keyof typeof PAUSE_MODES>("hold");
  const [until, setUntil] = useState("");
  const [note, setNote] = useState("");
  const { choices, unread } = useChoices(subject);
  const pausing = useAct({
    mutationFn: async () =>
      pauseSubject(chosen, {
        mode,
        ...(until !== "" && { until: new Date(until).toISOString() }),
        ...(note.trim() !== "" && { note: note.trim() }),
      }),
    onSuccess: onClose,
  });
  return (
    <AskDialog
      title="Pause a target or a route"
      verb="Pause"
      why={whyNot("replay") ?? (chosen === "" ? "Choose a target or a route first." : undefined)}
      act={pausing}
      onAct={() => pausing.mutate()}
      onClose={onClose}
    >
      <p class="quiet">It takes effect within seconds. What comes for it waits, and goes out when the pause ends.</p>
      {choices === undefined ? (
        unread === null ? (
          <Loading lines={2} />
        ) : (
          <Failure error={unread} />
        )
      ) : (
        <Combobox
          label="Target or route"
          choices={choices}
          value={chosen}
          onChoose={setChosen}
          placeholder="Type a part of its name"
        />
      )}
      <Select
        label="What waits"
        value={mode}
        options={[
          ["hold", PAUSE_MODES.hold],
          ["drain", PAUSE_MODES.drain],
        ]}
        onChoose={setMode}
      />
      <TextField
        label="Until (may be left empty)"
        type="datetime-local"
        value={until}
        onText={setUntil}
        hint="By your clock. It ends by itself then, within a minute; left empty, when somebody resumes it."
      />
      <TextField label="Why (may be left empty)" value={note} onText={setNote} maxLength={500} />
    </AskDialog>
  );
}

/** What can be paused, and `subject`, which a link may have named although it is gone; undefined until it has been read. */
function useChoices(subject: string): { choices: readonly Choice[] | undefined; unread: Error | null } {
  const targets = useTargets();
  const routes = useRoutes();
  const unread = targets.error ?? routes.error;
  if (targets.data === undefined || routes.data === undefined) return { choices: undefined, unread };
  const choices = [
    ...targets.data.items.map(({ id }) => ({ value: `target:${id}`, label: id, hint: "target" })),
    ...routes.data.items.map(({ id }) => ({ value: `route:${id}`, label: id, hint: "route" })),
  ];
  const isThere = subject === "" || choices.some(({ value }) => value === subject);
  return { choices: isThere ? choices : [{ value: subject, hint: "not in the table" }, ...choices], unread };
}

async function pauseSubject(
  subject: string,
  json: { mode: "hold" | "drain"; until?: string; note?: string },
): Promise<void> {
  const { kind, id } = subjectOf({ subject });
  const calls = kind === "target" ? admin.targets[":id"] : admin.routes[":id"];
  await answerOf(calls.pause.$post({ param: { id }, json }));
  await forgetHolds();
  tell({ title: `Paused the ${kind} ${id}` });
}
