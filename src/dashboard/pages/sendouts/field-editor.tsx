// Where one field of the filter is filled in: from a list where there is one, else as text.

import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import { useEventTypes } from "../../api/events.ts";
import { useInlets, useRoutes, useTargets } from "../../api/table-parts.ts";
import { Button } from "../../components/button.tsx";
import type { Choice } from "../../components/combobox.tsx";
import { ChoiceEditor, TextEditor, type EditorProps } from "../../components/filter-editors.tsx";
import { DELIVERY_STATES, SENDOUT_STATES, SOURCE_KINDS, type Field } from "./filter.ts";
import "./field-editor.css";

/** The editor of a field. */
export function FieldEditor({ field, ...props }: EditorProps & { field: Field }) {
  const { [field]: Own = TextEditor } = EDITORS;
  return <Own {...props} />;
}

function EventEditor(props: EditorProps) {
  const { data } = useEventTypes();
  const choices = data?.events.map(({ type, meaning }) => ({ value: type, hint: meaning })) ?? [];
  return <ChoiceEditor {...props} choices={choices} />;
}

type PartsRead = () => { data: { items: readonly { id: string }[] } | undefined };

/** What the table does not have may have been in an earlier one, so that any other name is taken as well. */
function PartEditor({ read, ...props }: EditorProps & { read: PartsRead }) {
  const { data } = read();
  return <ChoiceEditor {...props} choices={data?.items.map(({ id }) => ({ value: id })) ?? []} />;
}

/** Several states at once; one of them is enough. */
function StatesEditor({ value, onSet, onClose }: EditorProps) {
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

/** Fields that are not filled in as text. */
const EDITORS: { readonly [field in Field]?: ComponentType<EditorProps> } = {
  event: EventEditor,
  target: (props) => <PartEditor {...props} read={useTargets} />,
  route: (props) => <PartEditor {...props} read={useRoutes} />,
  inlet: (props) => <PartEditor {...props} read={useInlets} />,
  state: (props) => <ChoiceEditor {...props} choices={toChoices(SENDOUT_STATES)} allowsOther={false} />,
  sourceKind: (props) => <ChoiceEditor {...props} choices={toChoices(SOURCE_KINDS)} allowsOther={false} />,
  deliveryState: StatesEditor,
};

function toChoices(values: readonly string[]): Choice[] {
  return values.map((value) => ({ value }));
}
