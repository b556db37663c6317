// A question or a form over the page. The focus stays inside until it is answered; Escape closes it.

import * as zag from "@zag-js/dialog";
import { normalizeProps, useMachine } from "@zag-js/preact";
import { X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { Button } from "./button.tsx";
import { Portal } from "./portal.tsx";
import { useId } from "./use-id.ts";
import "./dialog.css";

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** `sheet` comes in from the side, for what is read beside the page. */
  shape?: "box" | "wide" | "sheet";
  children: ComponentChildren;
  /** The buttons at its foot. */
  actions?: ComponentChildren;
}

/** A dialog. It is in the document only while it is open. */
export function Dialog({ isOpen, ...props }: DialogProps) {
  return isOpen ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ title, onClose, shape = "box", children, actions }: Omit<DialogProps, "isOpen">) {
  const id = useId();
  const service = useMachine(zag.machine, {
    id,
    open: true,
    initialFocusEl: () => firstFocus(id),
    ids: { content: id },
    onOpenChange: ({ open }) => {
      if (!open) onClose();
    },
  });
  const dialog = zag.connect(service, normalizeProps);
  return (
    <Portal>
      <div {...dialog.getBackdropProps()} class="dialog-backdrop" />
      <div {...dialog.getPositionerProps()} class={`dialog-place dialog-place-${shape}`}>
        <div {...dialog.getContentProps()} class={`dialog dialog-${shape}`}>
          <header>
            <h2 {...dialog.getTitleProps()}>{title}</h2>
            <Button tone="quiet" icon={X} label="Close" onClick={onClose} />
          </header>
          <div class="dialog-body">{children}</div>
          {actions !== undefined && <footer>{actions}</footer>}
        </div>
      </div>
    </Portal>
  );
}

/** What is filled in first; what is only read keeps the focus as a whole, rather than on the button that closes it. */
function firstFocus(id: string): HTMLElement | null {
  const dialog = document.getElementById(id);
  return dialog?.querySelector<HTMLElement>(".dialog-body :is(input, select, textarea)") ?? dialog;
}
