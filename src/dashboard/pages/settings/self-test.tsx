// A signed test sendout through the router itself, from its inlet to its echo target.

import { useQuery } from "@tanstack/preact-query";
import { FlaskConical } from "lucide-preact";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { ApiError } from "../../api/problem.ts";
import { whyNot } from "../../api/session-state.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Panel } from "../../components/page.tsx";
import { Failure } from "../../components/states.tsx";
import { useAct } from "../../api/use-act.ts";

/** How often it is looked how far the test is, in milliseconds. */
const LOOK_MS = 500;

/** The panel with the button, and how far the last test came. */
export function SelfTest() {
  const test = useAct({
    mutationFn: async () => {
      const { acceptedId: accepted, refusal, inlet } = await answerOf(admin["self-test"].$post({ json: {} }));
      if (accepted === null)
        throw new Error(`The inlet ${inlet} refused it: ${refusal?.detail ?? "it did not say why"}`);
      return accepted;
    },
  });
  const acceptedId = test.data;
  return (
    <Panel
      title="Self-test"
      actions={
        <Button icon={FlaskConical} isBusy={test.isPending} why={whyNot("replay")} onClick={() => test.mutate()}>
          Run it
        </Button>
      }
    >
      <div class="settings-stack">
        <p class="quiet">
          Signs a sendout, posts it to an inlet, and follows it through queue, routing, delivery and log. Only the echo
          target gets a request.
        </p>
        {test.error !== null && <Failure error={test.error} />}
        {acceptedId !== undefined && <Way acceptedId={acceptedId} />}
      </div>
    </Panel>
  );
}

/** How far it is; looked at until its delivery has ended. */
function Way({ acceptedId }: { acceptedId: string }) {
  const { data } = useQuery({
    queryKey: ["sendouts", acceptedId, "self-test"],
    queryFn: async ({ signal }) => {
      try {
        const query = { param: { id: acceptedId }, query: {} };
        return await answerOf(admin.sendouts[":id"].$get(query, { init: { signal } }));
      } catch (error) {
        // Not in the log yet.
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    refetchInterval: ({ state }) => (hasEnded(state.data?.deliveries) ? false : LOOK_MS),
  });
  const [delivery] = data?.deliveries ?? [];
  return (
    <p role="status">
      {data === null || data === undefined ? (
        <Badge state="accepted" mood="info">
          accepted, on its way
        </Badge>
      ) : (
        <>
          <Badge state={delivery?.state ?? data.state} /> <Link href={`/sendouts/${data.id}`}>See all of it</Link>
        </>
      )}
    </p>
  );
}

function hasEnded(deliveries: readonly { state: string }[] | undefined): boolean {
  return deliveries !== undefined && deliveries.some(({ state }) => state === "delivered" || state === "failed");
}
