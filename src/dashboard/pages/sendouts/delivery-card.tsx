// One delivery of a sendout: how it stands, what was tried, and what can be done about it.

import { Link } from "wouter-preact";
import { Badge } from "../../components/badge.tsx";
import { Time } from "../../components/time.tsx";
import { may } from "../../api/session-state.ts";
import { Attempts } from "./attempts.tsx";
import { DeliveryActions } from "./delivery-actions.tsx";
import { RequestView } from "./request-view.tsx";
import type { Chosen } from "./replay-select.ts";
import type { Delivery } from "./use-sendout.ts";

/** The delivery. */
export function DeliveryCard({ delivery, onReplay }: { delivery: Delivery; onReplay: (chosen: Chosen) => void }) {
  const { id, target, route, state, reason, dueAt, attempts, round, request } = delivery;
  const copy = id.split("~")[1];
  return (
    <article class="delivery-card" aria-label={`Delivery to ${target}`}>
      <header>
        <h3>
          <Link href={`/table/targets/${target}`}>{target}</Link>
          {copy !== undefined && <span class="quiet"> sent as new, no. {copy}</span>}
        </h3>
        <Badge state={state} />
        <DeliveryActions delivery={delivery} onReplay={onReplay} />
      </header>
      <p class="quiet">
        {reason !== null && <code>{reason}</code>} {saying(state)}
        {dueAt !== null && (
          <>
            {" "}
            Next try <Time at={dueAt} />.
          </>
        )}{" "}
        By the route <Link href={`/table/routes/${route}`}>{route}</Link>
        {round > 0 && `, round ${round + 1}`}.
      </p>
      {attempts.length > 0 && <Attempts attempts={attempts} />}
      {request === null && !may("payload") ? (
        <p class="quiet">The request is not shown: it needs the scope payload, which you do not have.</p>
      ) : (
        <RequestView request={request} deliveryId={id} />
      )}
    </article>
  );
}

/** What a state means for whoever waits. */
function saying(state: Delivery["state"]): string {
  switch (state) {
    case "pending":
      return "Nothing has come of it yet.";
    case "scheduled":
      return "It goes on by itself.";
    case "held":
      return "It waits, which costs no attempt.";
    case "failed":
      return "It has ended: retry it once what was wrong is put right.";
    case "expired":
      return "It grew too old before it could be sent.";
    case "cancelled":
      return "It was given up.";
    case "delivered":
      return "";
  }
}
