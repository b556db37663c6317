// A list of things to do behind a button.

import * as zag from "@zag-js/menu";
import { normalizeProps, useMachine } from "@zag-js/preact";
import type { LucideIcon } from "lucide-preact";
import { Button, type Tone } from "./button.tsx";
import { Portal } from "./portal.tsx";
import { useId } from "./use-id.ts";
import "./menu.css";

export interface MenuItem {
  id: string;
  label: string;
  icon?: LucideIcon;
  /** Why it cannot be chosen now. */
  why?: string | undefined;
  onChoose: () => void;
}

/** A button that opens a menu. Arrow keys, first letters and Escape work as they do in every menu. */
export function Menu({
  label,
  icon,
  items,
  tone = "plain",
  isLabelled = true,
}: {
  label: string;
  icon?: LucideIcon;
  items: readonly MenuItem[];
  tone?: Tone;
  /** Whether the label stands beside the icon. */
  isLabelled?: boolean;
}) {
  const service = useMachine(zag.machine, {
    id: useId(),
    onSelect: ({ value }) => items.find(({ id }) => id === value)?.onChoose(),
  });
  const menu = zag.connect(service, normalizeProps);
  return (
    <>
      <Button {...menu.getTriggerProps()} tone={tone} icon={icon} {...(isLabelled ? {} : { label })}>
        {isLabelled ? label : undefined}
      </Button>
      {menu.open && (
        <Portal>
          <div {...menu.getPositionerProps()}>
            <ul {...menu.getContentProps()} class="menu">
              {items.map(({ id, label: said, icon: Icon, why }) => (
                <li key={id} {...menu.getItemProps({ value: id, disabled: why !== undefined })} title={why}>
                  {Icon && <Icon size={16} aria-hidden="true" />}
                  {said}
                </li>
              ))}
            </ul>
          </div>
        </Portal>
      )}
    </>
  );
}
