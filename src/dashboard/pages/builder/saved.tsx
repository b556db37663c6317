// After publishing: what to look at, and an example that goes the whole way to the new target.

import { Send } from "lucide-preact";
import { sendExample } from "../../api/examples.ts";
import { whyNot } from "../../api/session-state.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { ExampleFate } from "../../components/example-fate.tsx";
import { Note } from "../../components/note.tsx";
import { Failure } from "../../components/states.tsx";
import { useAct } from "../../api/use-act.ts";

/** What was published. */
export interface SavedTarget {
  name: string;
  version: number;
  warnings: readonly string[];
  /** An event that its route takes. */
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
        <Note mood="warn">
          <strong>Look at this:</strong>
          <ul class="builder-list">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Note>
      )}
      <SendOne event={event} />
    </Dialog>
  );
}

function SendOne({ event }: { event: string }) {
  const sending = useAct({ mutationFn: async () => sendExample(event) });
  return (
    <section class="builder-stack">
      <p>
        Send an example of {event} the whole way, as Voucherify would: whatever the routes make of it is really
        delivered.
      </p>
      <div>
        <Button icon={Send} isBusy={sending.isPending} why={whyNot("config")} onClick={() => sending.mutate()}>
          Send an example
        </Button>
      </div>
      {sending.error !== null && <Failure error={sending.error} />}
      {sending.data !== undefined && <ExampleFate acceptedId={sending.data} />}
    </section>
  );
}
