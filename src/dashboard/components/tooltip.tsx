// A word more about what it stands beside, for whoever points at it or reaches it by keyboard.

import * as zag from "@zag-js/tooltip";
import { normalizeProps, useMachine } from "@zag-js/preact";
import { cloneElement, type VNode } from "preact";
import { Portal } from "./portal.tsx";
import { useId } from "./use-id.ts";
import "./tooltip.css";

/** Shows the text beside its child while that is pointed at or has the focus; screen readers read it as a description. */
export function Tooltip({ text, children }: { text: string; children: VNode }) {
  const service = useMachine(zag.machine, { id: useId(), openDelay: 300, closeDelay: 80 });
  const tooltip = zag.connect(service, normalizeProps);
  return (
    <>
      {cloneElement(children, { ...tooltip.getTriggerProps(), ...children.props })}
      {tooltip.open && (
        <Portal>
          <div {...tooltip.getPositionerProps()}>
            <div {...tooltip.getContentProps()} class="tooltip">
              {text}
            </div>
          </div>
        </Portal>
      )}
    </>
  );
}
