// Sends the request once, for real, after asking: where it goes, and what came back.

import type { InferResponseType } from "hono/client";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { Badge } from "../../components/badge.tsx";
import { AskDialog } from "../../components/ask-dialog.tsx";
import type { Question } from "./use-preview.ts";
import { useAct } from "../../api/use-act.ts";

type Sent = InferResponseType<typeof admin.preview.send.$post, 200>;

/** Asks, sends, and shows the answer. */
export function SendTest({
  question,
  method,
  to,
  onClose,
}: {
  question: Question;
  method: string;
  to: string;
  onClose: () => void;
}) {
  const sending = useAct({
    mutationFn: async () => answerOf(admin.preview.send.$post({ query: {}, json: question })),
  });
  const sent = sending.data;
  return (
    <AskDialog
      title={sent === undefined ? "Send a test?" : "What came back"}
      verb={sent === undefined ? "Send it" : "Send it again"}
      cancel={sent === undefined ? "Cancel" : "Close"}
      act={sending}
      onAct={() => sending.mutate()}
      onClose={onClose}
    >
      <p>
        This request is really sent, once, and whoever is behind it gets it:
        <br />
        <code>
          {method} {to}
        </code>
      </p>
      {sent !== undefined && <Answer sent={sent} />}
    </AskDialog>
  );
}

function Answer({ sent: { sendout, delivered, reason, ms, status, detail, excerpt } }: { sent: Sent }) {
  return (
    <div class="builder-stack" role="status">
      <p class="builder-answer">
        <Badge state={delivered ? "delivered" : "failed"} />
        {status !== undefined && <strong>{status}</strong>}
        <span class="quiet">{ms} ms</span>
        {reason !== null && <span>{reason}</span>}
      </p>
      {detail !== undefined && <p>{detail}</p>}
      {excerpt !== undefined && <pre class="builder-code">{excerpt}</pre>}
      <p class="quiet">
        It is in the log as <Link href={`/sendouts/${sendout}`}>a test</Link>.
      </p>
    </div>
  );
}
