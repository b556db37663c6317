// One of many, found by typing a part of it: event types, targets, recipes.

import * as zag from "@zag-js/combobox";
import { normalizeProps, useMachine } from "@zag-js/preact";
import { ChevronDown } from "lucide-preact";
import { flushSync } from "preact/compat";
import { useMemo, useRef, useState } from "preact/hooks";
import { Portal } from "./portal.tsx";
import { useId } from "./use-id.ts";
import "./combobox.css";

export interface Choice {
  value: string;
  /** What stands there; the value where nothing else does. */
  label?: string;
  /** A quiet word beside it. */
  hint?: string;
}

/** How many are shown at once; typing finds the others. */
const SHOWN_MAX = 200;

/**
 * A field with a list. What is typed and is none of the list is chosen as it is with `allowsOther`, for example a pattern of
 * event types.
 */
export function Combobox({
  label,
  isLabelHidden = false,
  choices,
  value,
  onChoose,
  placeholder,
  allowsOther = false,
}: {
  label: string;
  isLabelHidden?: boolean;
  choices: readonly Choice[];
  value: string;
  onChoose: (value: string) => void;
  placeholder?: string;
  allowsOther?: boolean;
}) {
  const [sought, setSought] = useState("");
  // What was typed to find something of the list is not what was chosen, though the field may go before it says so.
  const hasChosen = useRef(false);
  const found = useMemo(() => choices.filter((choice) => fits(choice, sought)).slice(0, SHOWN_MAX), [choices, sought]);
  const collection = useMemo(
    () =>
      zag.collection({
        items: found,
        itemToValue: (item) => item.value,
        itemToString: (item) => item.label ?? item.value,
      }),
    [found],
  );
  const service = useMachine(zag.machine, {
    id: useId(),
    collection,
    value: value === "" ? [] : [value],
    ...(placeholder !== undefined && { placeholder }),
    allowCustomValue: allowsOther,
    openOnClick: true,
    inputBehavior: "autohighlight",
    onOpenChange: ({ open }) => {
      // Not when it opens: what was pasted into it opens it, and is sought.
      if (!open) setSought("");
    },
    onInputValueChange: ({ inputValue, reason }) => {
      if (reason !== "input-change") return;
      setSought(inputValue);
      hasChosen.current = false;
    },
    onValueChange: ({ value: [chosen] }) => {
      hasChosen.current = true;
      if (chosen !== undefined && chosen !== value) onChoose(chosen);
    },
  });
  // After each letter the machine writes the text that it knows into the field, and does so in an effect: after the page is
  // painted, or right before the next rendering. When the next letter has come by then, what it writes is the text without
  // it. So it is rendered, and that effect has run, before a letter comes.
  const [, setRendering] = useState(0);
  const catchUp = () => flushSync(() => setRendering((count) => count + 1));
  const combobox = zag.connect(service, normalizeProps);
  const input = combobox.getInputProps();
  const takeTyped = (text: string) => {
    const typed = text.trim();
    if (hasChosen.current || typed === "" || typed === value) return;
    if (!allowsOther && !choices.some((choice) => choice.value === typed)) return;
    hasChosen.current = true;
    onChoose(typed);
  };
  return (
    <div {...combobox.getRootProps()} class="combobox">
      <label {...combobox.getLabelProps()} class={isLabelHidden ? "visually-hidden" : "field-label"}>
        {label}
      </label>
      <div {...combobox.getControlProps()} class="combobox-control">
        <input
          {...input}
          class="input"
          onBeforeInput={catchUp}
          onKeyDown={(event) => {
            // Enter takes what is highlighted, and where nothing is, what was typed.
            if (event.key === "Enter" && combobox.highlightedValue === null) takeTyped(event.currentTarget.value);
            input.onKeyDown?.(event);
          }}
          onBlur={(event) => takeTyped(event.currentTarget.value)}
        />
        <button {...combobox.getTriggerProps()} class="combobox-trigger">
          <ChevronDown size={16} aria-hidden="true" />
        </button>
      </div>
      {combobox.open && (
        <Portal>
          <div {...combobox.getPositionerProps()}>
            <ul {...combobox.getContentProps()} class="menu combobox-list">
              {found.map((item) => (
                <li key={item.value} {...combobox.getItemProps({ item })}>
                  <span>{item.label ?? item.value}</span>
                  {item.hint !== undefined && <span class="quiet">{item.hint}</span>}
                </li>
              ))}
              {found.length === 0 && <li data-disabled="">Nothing has that in it.</li>}
            </ul>
          </div>
        </Portal>
      )}
    </div>
  );
}

function fits({ value, label = "", hint = "" }: Choice, sought: string): boolean {
  const words = sought.toLowerCase().split(/\s+/);
  const text = `${value} ${label} ${hint}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
