// What has become of an example that was sent from here: on its way, then each delivery with its state.

import { useQuery } from "@tanstack/preact-query";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../api/admin.ts";
import { Badge } from "./badge.tsx";
import "./example-fate.css";

/** How often the sendout is looked at until every delivery has an outcome, in milliseconds. */
const LOOK_MS = 500;

/** What becomes of an example, until all of it has an outcome. It is looked up in the list, of which no read is noted. */
export function ExampleFate({ acceptedId }: { acceptedId: string }) {
  const { data } = useQuery({
    queryKey: ["sendouts", "fate", acceptedId],
    queryFn: async ({ signal }) => answerOf(admin.sendouts.$get({ query: { id: acceptedId } }, { init: { signal } })),
    refetchInterval: ({ state }) => (isSettled(state.data?.sendouts[0]) ? false : LOOK_MS),
  });
  const [sendout] = data?.sendouts ?? [];
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
