// Where one field of the filter is filled in: from a list where there is one, else as text.

import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useEventTypes } from "../../api/events.ts";
import { useInlets, useRoutes, useTargets } from "../../api/table-parts.ts";
import { Button } from "../../components/button.tsx";
import { Combobox, type Choice } from "../../components/combobox.tsx";
import { TextField } from "../../components/field.tsx";
import { DELIVERY_STATES, FIELDS, SENDOUT_STATES, SOURCE_KINDS, type Field } from "./filter.ts";

interface FieldEditorProps {
  field: Field;
  value: string;
  onSet: (value: string) => void;
  onClose: () => void;
}

/** The editor of a field. Escape leaves it as it was. */
export function FieldEditor(props: FieldEditorProps) {
  const { field, onClose } = props;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const first = place.current?.querySelector<HTMLElement>("input, button");
    first?.focus();
    // A list opens at once: it has been asked for.
    if (first?.getAttribute("role") === "combobox") first.click();
  }, [field]);
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
    <div ref={place} role="group" aria-label={FIELDS[field].label} class="field-editor">
      <Editor {...props} />
    </div>
  );
}

function Editor(props: FieldEditorProps) {
  const { [props.field]: Own = TextEditor } = EDITORS;
  return <Own {...props} />;
}

function EventEditor(props: FieldEditorProps) {
  const { data } = useEventTypes();
  const choices = data?.events.map(({ type, meaning }) => ({ value: type, hint: meaning })) ?? [];
  return <ChoiceEditor {...props} choices={choices} />;
}

type PartsRead = () => { data: { items: readonly { id: string }[] } | undefined };

function PartEditor({ read, ...props }: FieldEditorProps & { read: PartsRead }) {
  const { data } = read();
  return <ChoiceEditor {...props} choices={data?.items.map(({ id }) => ({ value: id })) ?? []} />;
}

/** What the list does not have may have been in an earlier table, so that any other value is taken as well. */
function ChoiceEditor({ field, value, choices, onSet }: FieldEditorProps & { choices: readonly Choice[] }) {
  return (
    <Combobox
      label={FIELDS[field].label}
      isLabelHidden
      choices={choices}
      value={value}
      onChoose={onSet}
      placeholder={placeholderOf(field)}
      allowsOther={!["state", "sourceKind"].includes(field)}
    />
  );
}

/** Several states at once; one of them is enough. */
function StatesEditor({ value, onSet, onClose }: FieldEditorProps) {
  const [chosen, setChosen] = useState<readonly string[]>(value === "" ? [] : value.split(","));
  return (
    <form
      class="field-states"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen.length === 0) onClose();
        else onSet(chosen.join(","));
      }}
    >
      {DELIVERY_STATES.map((state) => (
        <label key={state}>
          <input
            type="checkbox"
            checked={chosen.includes(state)}
            onChange={(event) => {
              const others = chosen.filter((one) => one !== state);
              setChosen(event.currentTarget.checked ? [...others, state] : others);
            }}
          />
          {state}
        </label>
      ))}
      <Button type="submit" tone="primary">
        Show
      </Button>
    </form>
  );
}

function TextEditor({ field, value, onSet, onClose }: FieldEditorProps) {
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
      <TextField
        label={FIELDS[field].label}
        isLabelHidden
        placeholder={placeholderOf(field)}
        maxLength={500}
        value={text}
        onText={setText}
      />
      <Button type="submit" tone="primary">
        Show
      </Button>
    </form>
  );
}

/** Fields that are not filled in as text. */
const EDITORS: { readonly [field in Field]?: ComponentType<FieldEditorProps> } = {
  event: EventEditor,
  target: (props) => <PartEditor {...props} read={useTargets} />,
  route: (props) => <PartEditor {...props} read={useRoutes} />,
  inlet: (props) => <PartEditor {...props} read={useInlets} />,
  state: (props) => <ChoiceEditor {...props} choices={toChoices(SENDOUT_STATES)} />,
  sourceKind: (props) => <ChoiceEditor {...props} choices={toChoices(SOURCE_KINDS)} />,
  deliveryState: StatesEditor,
};

function toChoices(values: readonly string[]): Choice[] {
  return values.map((value) => ({ value }));
}

function placeholderOf(field: Field): string {
  const words: { label: string; placeholder?: string } = FIELDS[field];
  return words.placeholder ?? words.label;
}
