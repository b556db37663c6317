// After publishing: what to look at, and an example that goes the whole way to the new target.

import { useQuery } from "@tanstack/preact-query";
import { Send } from "lucide-preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { whyNot } from "../../api/session-state.ts";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Failure } from "../../components/states.tsx";

/** What was published. */
export interface SavedTarget {
  name: string;
  version: number;
  warnings: readonly string[];
  /** An event that its route takes, or a pattern of them. */
  event: string;
}

/** The end of the dialog. */
export function Saved({
  saved: { name, version, warnings, event },
  onClose,
}: {
  saved: SavedTarget;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={`${name} is in force`}
      isOpen
      onClose={onClose}
      actions={
        <>
          <ButtonLink href={`/table/targets/${encodeURIComponent(name)}`}>Look at the target</ButtonLink>
          <Button tone="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <p>It was published as version {version} of the table, and counts for what comes in from now on.</p>
      {warnings.length > 0 && (
        <div class="builder-note builder-note-warn">
          <strong>Look at this:</strong>
          <ul class="builder-list">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </div>
      )}
      <SendOne event={event.replace(/\.?\*$/, "")} target={name} />
    </Dialog>
  );
}

/** How often it is looked what became of the example, in milliseconds. */
const LOOK_MS = 1_000;

function SendOne({ event, target }: { event: string; target: string }) {
  const [acceptedId, setAcceptedId] = useState<string>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const posted = await answerOf(admin.events[":type"].send.$post({ param: { type: event }, json: {} }));
      setAcceptedId(posted.acceptedId ?? undefined);
      if (posted.refusal !== null) setError(new Error(posted.refusal.detail));
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <section class="builder-stack">
      <p>
        Send an example of {event} the whole way, as Voucherify would: whatever the routes make of it is really
        delivered.
      </p>
      <div>
        <Button icon={Send} isBusy={isBusy} why={whyNot("config")} onClick={() => void send()}>
          Send an example
        </Button>
      </div>
      {error !== undefined && <Failure error={error} />}
      {acceptedId !== undefined && <Outcome acceptedId={acceptedId} target={target} />}
    </section>
  );
}

/** States that nothing more comes after by itself. */
const ENDED: ReadonlySet<string> = new Set(["delivered", "failed", "expired", "cancelled"]);

function Outcome({ acceptedId, target }: { acceptedId: string; target: string }) {
  const { data } = useQuery({
    queryKey: ["sendouts", acceptedId],
    queryFn: async ({ signal }) =>
      answerOf(admin.sendouts[":id"].$get({ param: { id: acceptedId }, query: {} }, { init: { signal } })),
    refetchInterval: ({ state }) => (ENDED.has(deliveryOf(state.data, target)?.state ?? "") ? false : LOOK_MS),
    // It is there once it was routed.
    retry: false,
  });
  const delivery = deliveryOf(data, target);
  return (
    <p class="builder-answer" role="status">
      <Badge state={delivery?.state ?? data?.state ?? "pending"}>{delivery?.state ?? "on its way"}</Badge>
      <Link href={`/sendouts/${acceptedId}`}>Look at it in the log</Link>
    </p>
  );
}

function deliveryOf<T extends { target: string }>(
  data: { deliveries: readonly T[] } | undefined,
  target: string,
): T | undefined {
  return data?.deliveries.find((one) => one.target === target);
}
