// Several views of one thing, one at a time.

import * as zag from "@zag-js/tabs";
import { normalizeProps, useMachine } from "@zag-js/preact";
import type { ComponentChildren } from "preact";
import { useId } from "./use-id.ts";
import "./tabs.css";

export interface Tab {
  id: string;
  label: ComponentChildren;
  render: () => ComponentChildren;
}

/** Tabs. Arrow keys move between them; only the chosen one is rendered. */
export function Tabs({
  label,
  tabs,
  value,
  onChoose,
}: {
  label: string;
  tabs: readonly Tab[];
  value: string;
  onChoose: (id: string) => void;
}) {
  const service = useMachine(zag.machine, { id: useId(), value, onValueChange: (chosen) => onChoose(chosen.value) });
  const machine = zag.connect(service, normalizeProps);
  return (
    <div {...machine.getRootProps()} class="tabs">
      <div {...machine.getListProps()} class="tabs-list" aria-label={label}>
        {tabs.map(({ id, label: said }) => (
          <button key={id} {...machine.getTriggerProps({ value: id })} class="tabs-trigger">
            {said}
          </button>
        ))}
      </div>
      {tabs.map(({ id, render }) => (
        <div key={id} {...machine.getContentProps({ value: id })} class="tabs-content">
          {id === value && render()}
        </div>
      ))}
    </div>
  );
}
