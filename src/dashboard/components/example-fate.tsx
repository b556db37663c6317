// What has become of an example that was sent from here: on its way, then each delivery with its state.

import { useQuery } from "@tanstack/preact-query";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../api/admin.ts";
import { Badge } from "./badge.tsx";
import "./example-fate.css";

/** How often the sendout is looked at until every delivery has an outcome, in milliseconds. */
const LOOK_MS = 500;

/** What becomes of an example, until all of it has an outcome. Its standing is read, of which no note is made. */
export function ExampleFate({ acceptedId }: { acceptedId: string }) {
  const { data: sendout } = useQuery({
    queryKey: ["sendouts", "standing", acceptedId],
    queryFn: async ({ signal }) =>
      answerOf(admin.sendouts[":id"].standing.$get({ param: { id: acceptedId } }, { init: { signal } })),
    refetchInterval: ({ state }) => (isSettled(state.data) ? false : LOOK_MS),
    // It is in no log until it is routed, a moment later.
    retry: true,
    retryDelay: LOOK_MS,
  });
  if (sendout === undefined) return <p role="status">Accepted, on its way …</p>;
  return (
    <p role="status" class="example-fate">
      {sendout.deliveries.length === 0 ? "Accepted; no route takes it." : "Accepted."}
      {sendout.deliveries.map(({ target, state }) => (
        <span key={target}>
          {target} <Badge state={state} />
        </span>
      ))}
      <Link href={`/sendouts/${sendout.id}`}>Look at it</Link>
    </p>
  );
}

function isSettled(sendout: { deliveries: readonly { state: string }[] } | undefined): boolean {
  return sendout?.deliveries.every(({ state }) => state !== "pending" && state !== "scheduled") ?? false;
}
