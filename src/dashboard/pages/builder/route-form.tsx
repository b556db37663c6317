// Which events lead to the target: types, inlets, and conditions on what is in them.

import { Plus, Trash2 } from "lucide-preact";
import { useContext } from "preact/hooks";
import { PART_NAME_LENGTH_MAX } from "../../../part-name.ts";
import { useEventTypes } from "../../api/events.ts";
import { Button } from "../../components/button.tsx";
import { Checkbox, Select, TextField } from "../../components/field.tsx";
import { NameList } from "../../components/name-list.tsx";
import { expressionOf } from "../../editor/insertion.ts";
import { eventChoices } from "../table/event-choices.ts";
import { PointingContext } from "./pointing.ts";
import { OPERATIONS, YES_OR_NO } from "../table/condition-rows.ts";
import type { ConditionLine, RouteDraft } from "./publish.ts";
import { useId } from "../../components/use-id.ts";

/** The form of a route. */
export function RouteForm({
  route,
  suggestedId,
  isTaken,
  inlets,
  onChange,
}: {
  route: RouteDraft;
  suggestedId: string;
  /** Whether there is a route of that name. */
  isTaken: boolean;
  inlets: readonly string[];
  onChange: (part: Partial<RouteDraft>) => void;
}) {
  const { events, conditions } = route;
  return (
    <fieldset class="builder-stack builder-route">
      <Events events={events} onChange={(chosen) => onChange({ events: chosen })} />
      {inlets.length > 1 && (
        <fieldset class="builder-stack">
          <legend class="field-label">From these inlets (none ticked: from all)</legend>
          {inlets.map((inlet) => (
            <Checkbox
              key={inlet}
              label={inlet}
              isChecked={route.inlets.includes(inlet)}
              onCheck={(isIn) =>
                onChange({ inlets: isIn ? [...route.inlets, inlet] : route.inlets.filter((one) => one !== inlet) })
              }
            />
          ))}
        </fieldset>
      )}
      <Conditions conditions={conditions} onChange={(changed) => onChange({ conditions: changed })} />
      <TextField
        label="Name of the route"
        value={route.id}
        placeholder={suggestedId}
        error={isTaken ? "There is a route of that name. Choose another." : undefined}
        maxLength={PART_NAME_LENGTH_MAX}
        onText={(text) => onChange({ id: text.toLowerCase() })}
      />
    </fieldset>
  );
}

function Events({ events, onChange }: { events: readonly string[]; onChange: (events: readonly string[]) => void }) {
  const { data } = useEventTypes();
  return (
    <div class="builder-stack">
      <span class="field-label">For these events</span>
      <NameList
        names={events}
        addLabel="Another event"
        placeholder="Add another event, or a beginning with a star"
        choices={eventChoices(data?.events ?? [])}
        allowsOther
        whyNotNone="A route takes at least one."
        onChange={onChange}
      />
    </div>
  );
}

function Conditions({
  conditions,
  onChange,
}: {
  conditions: readonly ConditionLine[];
  onChange: (conditions: ConditionLine[]) => void;
}) {
  const { fields } = useContext(PointingContext);
  const list = useId();
  const put = (at: number, part: Partial<ConditionLine>) =>
    onChange(conditions.map((line, index) => (index === at ? { ...line, ...part } : line)));
  return (
    <fieldset class="builder-stack">
      <legend class="field-label">Only when</legend>
      <datalist id={list}>
        {fields.map(({ path }) => (
          <option key={path}>{expressionOf(path)}</option>
        ))}
      </datalist>
      {conditions.map(({ path, op, value }, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- a line has no name but its place
        <div key={at} class="builder-condition">
          <TextField
            label={`Condition ${at + 1}, field`}
            isLabelHidden
            list={list}
            value={path}
            placeholder="order.total_amount"
            onText={(text) => put(at, { path: text })}
          />
          <Select
            label={`Condition ${at + 1}, how`}
            isLabelHidden
            value={op}
            options={OPERATIONS}
            onChoose={(chosen) => put(at, { op: chosen })}
          />
          {op === "exists" ? (
            <Select
              label={`Condition ${at + 1}, value`}
              isLabelHidden
              value={value === "false" ? "false" : "true"}
              options={YES_OR_NO}
              onChoose={(chosen) => put(at, { value: chosen })}
            />
          ) : (
            <TextField
              label={`Condition ${at + 1}, value`}
              isLabelHidden
              value={value}
              placeholder={op === "in" ? "gold, platinum" : "10000"}
              onText={(text) => put(at, { value: text })}
            />
          )}
          <Button
            tone="quiet"
            icon={Trash2}
            label={`Remove condition ${at + 1}`}
            onClick={() => onChange(conditions.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <div>
        <Button icon={Plus} onClick={() => onChange([...conditions, { path: "", op: "eq", value: "" }])}>
          Add a condition
        </Button>
      </div>
    </fieldset>
  );
}
