// The time that is looked through: a length up to now, or from one instant to another in the reader's zone.

import { Clock } from "lucide-preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { TextField } from "../../components/field.tsx";
import { Menu } from "../../components/menu.tsx";
import { RANGES, withField, type SendoutFilter } from "./filter.ts";

/** The menu of times. */
export function TimeRange({ filter, onFilter }: { filter: SendoutFilter; onFilter: (filter: SendoutFilter) => void }) {
  const [isAsking, setAsking] = useState(false);
  const choose = (since: string | undefined) =>
    onFilter(withField(withField(filter, "until", undefined), "since", since));
  return (
    <>
      <Menu
        label="Time"
        icon={Clock}
        items={[
          ...RANGES.map(([id, label]) => ({ id, label, onChoose: () => choose(id) })),
          { id: "any", label: "Any time", onChoose: () => choose(undefined) },
          { id: "own", label: "From … to …", onChoose: () => setAsking(true) },
        ]}
      />
      {isAsking && <OwnRange filter={filter} onFilter={onFilter} onClose={() => setAsking(false)} />}
    </>
  );
}

function OwnRange({
  filter,
  onFilter,
  onClose,
}: {
  filter: SendoutFilter;
  onFilter: (filter: SendoutFilter) => void;
  onClose: () => void;
}) {
  const [since, setSince] = useState(toLocal(filter.since));
  const [until, setUntil] = useState(toLocal(filter.until));
  const isBackwards = since !== "" && until !== "" && since >= until;
  const show = () => {
    onFilter(withField(withField(filter, "since", fromLocal(since)), "until", fromLocal(until)));
    onClose();
  };
  return (
    <Dialog
      title="From one time to another"
      isOpen
      onClose={onClose}
      actions={
        <Button tone="primary" why={isBackwards ? "It ends before it begins." : undefined} onClick={show}>
          Show
        </Button>
      }
    >
      <TextField label="From" type="datetime-local" step="1" value={since} onText={setSince} hint={ZONE} />
      <TextField
        label="To"
        type="datetime-local"
        step="1"
        value={until}
        onText={setUntil}
        hint="Empty: up to now"
        error={isBackwards ? "It ends before it begins." : undefined}
      />
    </Dialog>
  );
}

const ZONE = `In your time zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}`;

/** An instant as such a field has it; empty for a length, which is no instant. */
function toLocal(text: string | undefined): string {
  const at = Date.parse(text ?? "");
  if (Number.isNaN(at)) return "";
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function fromLocal(text: string): string | undefined {
  const at = new Date(text);
  return text === "" || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
