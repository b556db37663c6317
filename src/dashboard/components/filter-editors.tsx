// Where one field of a filter is filled in: from a list, or as text.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { Combobox, type Choice } from "./combobox.tsx";
import { TextField } from "./field.tsx";
import type { FieldWords } from "./list-filter.ts";

/** What every editor of a field is given. */
export interface EditorProps {
  words: FieldWords;
  value: string;
  onSet: (value: string) => void;
  onClose: () => void;
}

/** The place of an editor: its first control has the focus, and Escape leaves the field as it was. */
export function EditorFrame({
  label,
  onClose,
  children,
}: {
  label: string;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const first = place.current?.querySelector<HTMLElement>("input, button");
    first?.focus();
    // A list opens at once: it has been asked for.
    if (first?.getAttribute("role") === "combobox") first.click();
  }, []);
  useEffect(() => {
    const { current } = place;
    const leave = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.stopPropagation();
      onClose();
    };
    current?.addEventListener("keydown", leave);
    return () => current?.removeEventListener("keydown", leave);
  }, [onClose]);
  return (
    <div ref={place} role="group" aria-label={label} class="field-editor">
      {children}
    </div>
  );
}

/** One of a list; with `allowsOther` also what the list does not have. */
export function ChoiceEditor({
  words: { label, placeholder = label },
  value,
  onSet,
  choices,
  allowsOther = true,
}: EditorProps & { choices: readonly Choice[]; allowsOther?: boolean }) {
  return (
    <Combobox
      label={label}
      isLabelHidden
      choices={choices}
      value={value}
      onChoose={onSet}
      placeholder={placeholder}
      allowsOther={allowsOther}
    />
  );
}

/** A line of text. */
export function TextEditor({ words: { label, placeholder = label }, value, onSet, onClose }: EditorProps) {
  const [text, setText] = useState(value);
  return (
    <form
      class="field-text"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === "") onClose();
        else onSet(text);
      }}
    >
      <TextField label={label} isLabelHidden placeholder={placeholder} maxLength={500} value={text} onText={setText} />
      <Button type="submit" tone="primary">
        Show
      </Button>
    </form>
  );
}
