// The time that is looked through: a length up to now, or from one instant to another in the reader's zone.

import { Clock } from "lucide-preact";
import { useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { TextField } from "./field.tsx";
import { RANGES, type Times } from "./list-filter.ts";
import { Menu } from "./menu.tsx";

/** How a time is chosen: both ends at once, undefined where it has none. */
type OnTimes = (since: string | undefined, until: string | undefined) => void;

/** The menu of times. */
export function TimeRange({ times, onTimes }: { times: Times; onTimes: OnTimes }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Menu
        label="Time"
        icon={Clock}
        items={[
          ...RANGES.map(([id, label]) => ({ id, label, onChoose: () => onTimes(id, undefined) })),
          { id: "any", label: "Any time", onChoose: () => onTimes(undefined, undefined) },
          { id: "own", label: "From … to …", onChoose: () => setAsking(true) },
        ]}
      />
      {isAsking && <OwnRange times={times} onTimes={onTimes} onClose={() => setAsking(false)} />}
    </>
  );
}

function OwnRange({ times, onTimes, onClose }: { times: Times; onTimes: OnTimes; onClose: () => void }) {
  const [since, setSince] = useState(toLocal(times.since));
  const [until, setUntil] = useState(toLocal(times.until));
  const isBackwards = since !== "" && until !== "" && since >= until;
  const show = () => {
    onTimes(fromLocal(since), fromLocal(until));
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
