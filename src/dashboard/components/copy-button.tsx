// Copies a text. Says that it has, to screen readers as well.

import { Check, Copy } from "lucide-preact";
import { useState } from "preact/hooks";
import { Button, type Tone } from "./button.tsx";
import { tell } from "./toasts.tsx";

/** How long it says so, in milliseconds. */
const SAID_MS = 1_500;

/** A button that copies a text; `label` says which ("Copy as curl"). With `isLabelled` it stands there as well. */
export function CopyButton({
  text,
  label,
  isLabelled = false,
  tone = "quiet",
}: {
  text: string;
  label: string;
  isLabelled?: boolean;
  tone?: Tone;
}) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      tell({ title: "The browser did not let the text be copied.", type: "error" });
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MS);
  };
  const said = isCopied ? "Copied" : label;
  return (
    <Button tone={tone} icon={isCopied ? Check : Copy} label={said} onClick={() => void copy()}>
      {isLabelled ? said : undefined}
    </Button>
  );
}
