// The conditions of a route: comparisons for whoever wants no language, and expressions.

import { Plus, X } from "lucide-preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Select, TextField } from "../../components/field.tsx";
import { OPERATIONS, parseValue, toRow, toText, YES_OR_NO, type Operation } from "./condition-rows.ts";
import { valueOf, wrongAt } from "./fields-form.ts";
import type { PartForm } from "./part-form.ts";

/** The list of conditions. */
export function Conditions({ form }: { form: PartForm }) {
  const stated = valueOf(form, "when");
  const conditions: readonly unknown[] = Array.isArray(stated) ? stated : [];
  const set = (next: readonly unknown[]) => form.set("when", next.length === 0 ? undefined : next);
  return (
    <fieldset class="field conditions">
      <legend class="field-label">Conditions</legend>
      {conditions.length === 0 && <p class="quiet">None: every such event.</p>}
      <ul>
        {conditions.map((condition, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- a condition has no name but its place
          <li key={index}>
            <Condition
              condition={condition}
              number={index + 1}
              error={wrongAt(form, `when.${index}`)}
              onChange={(next) => set(conditions.with(index, next))}
            />
            <Button
              tone="quiet"
              icon={X}
              label={`Take condition ${index + 1} out`}
              onClick={() => set(conditions.filter((_, at) => at !== index))}
            />
          </li>
        ))}
      </ul>
      <div class="conditions-add">
        <Button icon={Plus} onClick={() => set([...conditions, { path: "", op: "eq", value: "" }])}>
          Comparison
        </Button>
        <Button icon={Plus} onClick={() => set([...conditions, "{{  }}"])}>
          Expression
        </Button>
      </div>
      {conditions.length > 1 && <p class="field-hint">All of them must hold.</p>}
      {conditions.some((one) => toRow(one).kind === "plain") && (
        <p class="field-hint">
          1000, true and null mean a number, yes and nothing; in quotes, &quot;1000&quot;, they are texts.
        </p>
      )}
    </fieldset>
  );
}

interface ConditionProps {
  condition: unknown;
  number: number;
  error: string | undefined;
  onChange: (next: unknown) => void;
}

function Condition({ condition, number, error, onChange }: ConditionProps) {
  const row = toRow(condition);
  if (row.kind === "other") {
    return (
      <div>
        <pre>{row.json}</pre>
        <p class="field-hint">Edit this one as JSON.</p>
        {error !== undefined && <p class="field-error">{error}</p>}
      </div>
    );
  }
  if (row.kind === "expression") {
    return (
      <TextField
        label={`Condition ${number}, an expression`}
        isLabelHidden
        placeholder="{{ order.total_amount > 1000 }}"
        error={error}
        value={row.text}
        onText={onChange}
      />
    );
  }
  const { path, op, value } = row;
  return (
    <div class="conditions-plain">
      <TextField
        label={`Condition ${number}, the field`}
        isLabelHidden
        placeholder="order.total_amount"
        value={path}
        error={error}
        onText={(next) => onChange({ ...asObject(condition), path: next })}
      />
      <Select
        label={`Condition ${number}, the comparison`}
        isLabelHidden
        value={op}
        options={OPERATIONS}
        onChoose={(next) => onChange({ ...asObject(condition), op: next, value: parseValue(next, toText(value)) })}
      />
      {op === "exists" ? (
        <Select
          label={`Condition ${number}, whether`}
          isLabelHidden
          value={value === false ? "false" : "true"}
          options={YES_OR_NO}
          onChoose={(next) => onChange({ ...asObject(condition), value: next === "true" })}
        />
      ) : (
        <ValueField
          label={`Condition ${number}, the value`}
          op={op}
          value={value}
          onValue={(next) => onChange({ ...asObject(condition), value: next })}
        />
      )}
    </div>
  );
}

/** A row of this kind was made of an object. */
function asObject(condition: unknown): object {
  return condition as object;
}

/** What is typed stays as it is typed, while the definition has what it means. */
function ValueField({
  label,
  op,
  value,
  onValue,
}: {
  label: string;
  op: Operation;
  value: unknown;
  onValue: (value: unknown) => void;
}) {
  const [typed, setTyped] = useState(toText(value));
  const isSame = JSON.stringify(parseValue(op, typed)) === JSON.stringify(value);
  return (
    <TextField
      label={label}
      isLabelHidden
      placeholder={op === "in" ? "a, b, c" : "value"}
      value={isSame ? typed : toText(value)}
      onText={(text) => {
        setTyped(text);
        onValue(parseValue(op, text));
      }}
    />
  );
}
