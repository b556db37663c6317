// A dialog that does one thing or is left: the form, what it was refused with, and at its foot Cancel and the button that
// does it.

import type { ComponentChildren } from "preact";
import { Button, type Tone } from "./button.tsx";
import { Dialog, type DialogProps } from "./dialog.tsx";
import { Failure } from "./states.tsx";

/** The dialog, which is open as long as it is there. */
export function AskDialog({
  verb,
  tone = "primary",
  why,
  act,
  onAct,
  cancel = "Cancel",
  children,
  ...dialog
}: Pick<DialogProps, "title" | "shape" | "onClose"> & {
  /** What the button does. */
  verb: string;
  tone?: Tone;
  /** Why it cannot be pressed yet. */
  why?: string | undefined;
  /** How that stands, where it takes a call. */
  act?: { isPending: boolean; error: unknown };
  onAct: () => void;
  /** What leaving it is called. */
  cancel?: string;
  children: ComponentChildren;
}) {
  const error = act?.error ?? null;
  return (
    <Dialog
      {...dialog}
      isOpen
      actions={
        <>
          <Button onClick={dialog.onClose}>{cancel}</Button>
          <Button tone={tone} isBusy={act?.isPending ?? false} why={why} onClick={onAct}>
            {verb}
          </Button>
        </>
      }
    >
      {children}
      {error !== null && <Failure error={error} />}
    </Dialog>
  );
}
