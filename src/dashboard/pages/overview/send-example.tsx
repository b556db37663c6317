// Sends an example through the router and shows how far it gets: from the inlet to each target.

import { useQuery } from "@tanstack/preact-query";
import { Send } from "lucide-preact";
import { useState } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { sendExample } from "../../api/examples.ts";
import { whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { Combobox } from "../../components/combobox.tsx";
import { ExampleFate } from "../../components/example-fate.tsx";
import { Failure } from "../../components/states.tsx";
import { useAct } from "../../api/use-act.ts";

/** What everybody knows the meaning of. */
const FAVOURITE = "redemption.succeeded";

/** An event type to choose, a button, and what became of it. */
export function SendExample({ hasTarget }: { hasTarget: boolean }) {
  const types = useRoutedTypes(hasTarget);
  const [chosen, setChosen] = useState<string>();
  const type = chosen ?? (types.includes(FAVOURITE) ? FAVOURITE : (types[0] ?? FAVOURITE));
  const sending = useAct({ mutationFn: async () => sendExample(type) });
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
          isBusy={sending.isPending}
          why={hasTarget ? whyNot("config") : "Choose a target first."}
          onClick={() => sending.mutate()}
        >
          Send
        </Button>
      </div>
      {sending.error !== null && <Failure error={sending.error} />}
      {sending.data !== undefined && <ExampleFate acceptedId={sending.data} />}
    </>
  );
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
