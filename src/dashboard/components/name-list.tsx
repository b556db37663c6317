// Names chosen from many: each can be taken out, and another be added.

import { X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { Combobox, type Choice } from "./combobox.tsx";
import "./name-list.css";

/** The names and the field that adds one; of what there is to choose it has those that are none of the names. */
export function NameList({
  names,
  addLabel,
  placeholder = addLabel,
  choices,
  allowsOther = false,
  whyNotNone,
  onChange,
}: {
  names: readonly string[];
  /** What the field that adds one is called. */
  addLabel: string;
  placeholder?: string;
  choices: readonly Choice[];
  /** Whether something that is none of the choices can be added. */
  allowsOther?: boolean;
  /** Why the last one cannot be taken out, where it cannot. */
  whyNotNone?: string;
  onChange: (names: readonly string[]) => void;
}) {
  return (
    <>
      {names.length > 0 && (
        <ul class="name-list">
          {names.map((name) => (
            <li key={name}>
              <span>{name}</span>
              <Button
                tone="quiet"
                icon={X}
                label={`Take ${name} out`}
                why={names.length === 1 ? whyNotNone : undefined}
                onClick={() => onChange(names.filter((one) => one !== name))}
              />
            </li>
          ))}
        </ul>
      )}
      <Adder
        label={addLabel}
        placeholder={placeholder}
        choices={choices.filter(({ value }) => !names.includes(value))}
        allowsOther={allowsOther}
        onAdd={(name) => onChange([...new Set([...names, name])])}
      />
    </>
  );
}

/** The field that adds one. It is a new one after each, so that it is empty again, and keeps the focus. */
function Adder({
  label,
  onAdd,
  ...rest
}: {
  label: string;
  placeholder: string;
  choices: readonly Choice[];
  allowsOther: boolean;
  onAdd: (name: string) => void;
}) {
  const [added, setAdded] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Unless it was left for another field, which is what added it.
    if (added > 0 && document.activeElement === document.body) place.current?.querySelector("input")?.focus();
  }, [added]);
  return (
    <div ref={place}>
      <Combobox
        key={added}
        label={label}
        isLabelHidden
        value=""
        onChoose={(name) => {
          setAdded(added + 1);
          onAdd(name);
        }}
        {...rest}
      />
    </div>
  );
}
