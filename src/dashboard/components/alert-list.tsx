// Messages to people: when, through which channel, what was said, and what became of it.

import type { Alert } from "../api/alerts.ts";
import { Badge, type Mood } from "./badge.tsx";
import { DataTable, type Column } from "./data-table.tsx";
import { Time } from "./time.tsx";

/** What became of a message, in words. */
const OUTCOMES: Record<Alert["state"], readonly [said: string, mood: Mood]> = {
  waiting: ["on its way", "info"],
  held: ["waits for the digest or the end of quiet hours", "info"],
  sent: ["sent", "good"],
  folded: ["went out as a part of another", "good"],
  given_up: ["given up", "bad"],
};

const COLUMNS: readonly Column<Alert>[] = [
  { title: "When", cell: ({ createdAt }) => <Time at={createdAt} as="clock" /> },
  { title: "Channel", kind: "long", cell: ({ channel }) => channel },
  { title: "Message", kind: "long", cell: ({ message }) => message.title },
  { title: "Outcome", kind: "long", cell: (alert) => <Outcome alert={alert} /> },
];

/** The messages as a table. */
export function AlertList({ alerts }: { alerts: readonly Alert[] }) {
  return <DataTable rows={alerts} keyOf={({ id }) => id} columns={COLUMNS} />;
}

function Outcome({ alert: { state, answer, attempts } }: { alert: Alert }) {
  const [said, mood] = OUTCOMES[state];
  return (
    <>
      <Badge state={state} mood={mood}>
        {said}
      </Badge>
      {answer !== null && state !== "sent" && (
        <p class="quiet">
          {attempts > 1 ? `${attempts} attempts: ` : ""}
          {answer}
        </p>
      )}
    </>
  );
}
