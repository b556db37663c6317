// A payload as text, whatever is in it: all of it, masked, or why it is not shown.

import { Eye } from "lucide-preact";
import type { InferResponseType } from "hono/client";
import type { admin } from "../../api/admin.ts";
import { whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { CopyButton } from "../../components/copy-button.tsx";

type Payload = InferResponseType<(typeof admin.quarantine)[":id"]["$get"], 200>["payload"];

/** How much is in the page at once, in characters; copying takes all of it. */
const SHOWN_CHARS = 50_000;

/** Why there is nothing to see. */
const NOTHING: Record<Exclude<Payload["encoding"], "utf-8" | "base64">, string> = {
  masked: "It is not JSON, so nobody can tell what in it is personal: it is hidden whole.",
  missing: "Its bytes are not there any more.",
  expired: "Its bytes were kept as long as the table says, and are gone.",
  archived: "Its bytes are in the archive.",
  erased: "Its bytes went with the customer they were about.",
};

/** The payload with a heading and, where something is hidden, the way to see it. */
export function PayloadView({
  title,
  payload: { encoding, content },
  isRevealed,
  onReveal,
}: {
  title: string;
  payload: Payload;
  isRevealed: boolean;
  onReveal: () => void;
}) {
  return (
    <section class="payload">
      <header>
        <h3>{title}</h3>
        {content !== null && encoding !== "masked" && <CopyButton text={content} label={`Copy: ${title}`} />}
        {encoding === "masked" && !isRevealed && (
          <Button icon={Eye} why={whyNot("payload")} onClick={() => askReveal(onReveal)}>
            Reveal
          </Button>
        )}
      </header>
      {encoding === "base64" && <p class="quiet">Its bytes are no text; this is base64.</p>}
      {encoding === "masked" && content !== null && <p class="quiet">What is personal is masked.</p>}
      {content === null && encoding !== "utf-8" && encoding !== "base64" && (
        <p class="quiet">
          {whyNot("payload") === undefined ? NOTHING[encoding] : `${whyNot("payload")} So it is hidden.`}
        </p>
      )}
      {content !== null && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
        <pre tabIndex={0} aria-label={title}>
          {laidOut(content).slice(0, SHOWN_CHARS)}
        </pre>
      )}
      {content !== null && content.length > SHOWN_CHARS && <p class="quiet">Only its beginning is shown.</p>}
    </section>
  );
}

/** Asks once before what is personal is shown. */
export function askReveal(onReveal: () => void): void {
  ask({
    title: "Show all of it?",
    children: (
      <p>Payloads can have names, addresses and voucher codes. The audit log notes that you have seen this one.</p>
    ),
    verb: "Reveal",
    run: async () => onReveal(),
  });
}

/** JSON with line breaks; what is none, as it is. */
function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
