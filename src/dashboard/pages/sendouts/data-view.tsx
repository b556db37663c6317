// What a sendout says: as a tree that can be searched, and as it arrived.

import { useMemo, useState } from "preact/hooks";
import { may } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { JsonTree } from "../../components/json-tree.tsx";
import type { WholeSendout } from "./use-sendout.ts";

/** The payload, as far as it is there and may be seen. */
export function DataView({ sendout: { payload }, isRevealed }: { sendout: WholeSendout; isRevealed: boolean }) {
  const [isRaw, setRaw] = useState(false);
  const { content, encoding, masked } = payload;
  const document = useMemo(() => (content === null ? undefined : parseJson(content)), [content]);
  if (content === null) return <p class="quiet">{whyNone(payload, isRevealed)}</p>;
  return (
    <div class="data-view">
      <div class="data-view-bar">
        <p class="quiet">
          {encoding === "masked"
            ? `Masked in ${masked?.length ?? 0} places (•••). Reveal shows all of it.`
            : encoding === "base64"
              ? "It is no text: in base64."
              : "As it arrived."}
        </p>
        {document !== undefined && (
          <Button tone="quiet" aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>
            {isRaw ? "As a tree" : "Raw"}
          </Button>
        )}
        {isRaw && <CopyButton text={content} label="Copy the payload" />}
      </div>
      {document === undefined || isRaw ? (
        <pre class="payload">
          {encoding === "masked" && document !== undefined ? indented(document.value) : content}
        </pre>
      ) : (
        <JsonTree value={document.value} label="the payload" />
      )}
    </div>
  );
}

function whyNone({ encoding, archive }: WholeSendout["payload"], isRevealed: boolean): string {
  switch (encoding) {
    case "expired":
      return "The payload is kept no longer (settings.retention). What became of the sendout still is.";
    case "archived":
      return `The payload is in the archive, at ${archive ?? "its key there"}.`;
    case "erased":
      return "The payload was deleted with everything about its customer.";
    case "missing":
      return "The payload is not where it should be; nothing is known of it but what stands under About.";
    case "masked":
      if (!may("payload")) return "What sendouts say is for people with the scope payload, which you do not have.";
      return isRevealed
        ? "There is nothing to show."
        : "It is no JSON, so nobody can tell what to mask. Reveal shows it.";
    case "utf-8":
    case "base64":
      return "It is empty.";
  }
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined; // it is shown as text then
  }
}

/** What is masked was made anew, so that there is no form of it that arrived. */
function indented(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
