// Sends an example through the router and shows how far it gets: from the inlet to each target.

import { useQuery } from "@tanstack/preact-query";
import { Send } from "lucide-preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { ApiError } from "../../api/problem.ts";
import { queries } from "../../api/queries.ts";
import { whyNot } from "../../api/session-state.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Combobox } from "../../components/combobox.tsx";
import { Failure } from "../../components/states.tsx";
import { rememberExample } from "./first-run-memory.ts";

/** What everybody knows the meaning of. */
const FAVOURITE = "redemption.succeeded";

/** How often the sendout is looked at until every delivery has an outcome, in milliseconds. */
const LOOK_MS = 500;

/** An event type to choose, a button, and what became of it. */
export function SendExample({ hasTarget }: { hasTarget: boolean }) {
  const types = useRoutedTypes(hasTarget);
  const [chosen, setChosen] = useState<string>();
  const [acceptedId, setAcceptedId] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const type = chosen ?? (types.includes(FAVOURITE) ? FAVOURITE : (types[0] ?? FAVOURITE));
  const send = async () => {
    setBusy(true);
    setError(undefined);
    try {
      setAcceptedId(await sendExample(type));
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <>
      <p>
        Our own example of an event, signed and sent the whole way. What your routes make of it is really delivered.
      </p>
      <div class="first-run-send">
        <Combobox
          label="Event"
          isLabelHidden
          choices={(types.length === 0 ? [type] : types).map((value) => ({ value }))}
          value={type}
          onChoose={setChosen}
        />
        <Button
          tone={hasTarget ? "primary" : "plain"}
          icon={Send}
          isBusy={isBusy}
          why={hasTarget ? whyNot("config") : "Choose a target first."}
          onClick={() => void send()}
        >
          Send
        </Button>
      </div>
      {error !== undefined && <Failure error={error} />}
      {acceptedId !== undefined && <Fate acceptedId={acceptedId} />}
    </>
  );
}

/** Sends one and gives what it is found by. */
async function sendExample(type: string): Promise<string> {
  const { acceptedId, refusal } = await answerOf(admin.events[":type"].send.$post({ param: { type }, json: {} }));
  if (acceptedId === null) {
    throw new ApiError(
      refusal?.code ?? "answer_unclear",
      refusal?.detail ?? "The inlet refused it.",
      refusal?.status ?? 0,
    );
  }
  rememberExample(acceptedId);
  await queries.invalidateQueries({ queryKey: ["sendouts"] });
  return acceptedId;
}

/** The event types that the table's routes take. */
function useRoutedTypes(hasTarget: boolean): string[] {
  const { data } = useQuery({
    queryKey: ["upstream", hasTarget],
    queryFn: async ({ signal }) => answerOf(admin.upstream.$get({}, { init: { signal } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const inlets = data?.inlets ?? [];
  return [...new Set(inlets.flatMap(({ events, distributionEvents }) => [...events, ...distributionEvents]))];
}

/** What becomes of it, until all of it has an outcome. It is looked up in the list, of which no read is noted. */
function Fate({ acceptedId }: { acceptedId: string }) {
  const { data } = useQuery({
    queryKey: ["sendouts", "fate", acceptedId],
    queryFn: async ({ signal }) => answerOf(admin.sendouts.$get({ query: { id: acceptedId } }, { init: { signal } })),
    refetchInterval: ({ state }) => (isSettled(state.data?.sendouts[0]) ? false : LOOK_MS),
  });
  const [sendout] = data?.sendouts ?? [];
  if (sendout === undefined) return <p role="status">Accepted, on its way …</p>;
  return (
    <p role="status" class="first-run-fate">
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
