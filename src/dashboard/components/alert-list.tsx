// Messages to people: when, through which channel, what was said, and what became of it.

import type { Alert } from "../api/alerts.ts";
import { Badge, type Mood } from "./badge.tsx";
import { Time } from "./time.tsx";

/** What became of a message, in words. */
const OUTCOMES: Record<Alert["state"], readonly [said: string, mood: Mood]> = {
  waiting: ["on its way", "info"],
  held: ["waits for the digest or the end of quiet hours", "info"],
  sent: ["sent", "good"],
  folded: ["went out as a part of another", "good"],
  given_up: ["given up", "bad"],
};

/** The messages as a table. */
export function AlertList({ alerts }: { alerts: readonly Alert[] }) {
  return (
    <table class="table">
      <thead>
        <tr>
          <th>When</th>
          <th>Channel</th>
          <th>Message</th>
          <th>Outcome</th>
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </tbody>
    </table>
  );
}

function AlertRow({ alert: { createdAt, channel, message, state, answer, attempts } }: { alert: Alert }) {
  const [said, mood] = OUTCOMES[state];
  return (
    <tr>
      <td>
        <Time at={createdAt} as="clock" />
      </td>
      <td>{channel}</td>
      <td>{message.title}</td>
      <td>
        <Badge state={state} mood={mood}>
          {said}
        </Badge>
        {answer !== null && state !== "sent" && (
          <p class="quiet">
            {attempts > 1 ? `${attempts} attempts: ` : ""}
            {answer}
          </p>
        )}
      </td>
    </tr>
  );
}
