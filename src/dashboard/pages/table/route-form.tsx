// The form of a route: which events it takes, from where, under which conditions, in which order, and where they go.

import type { TableDocument } from "../../../routing/edit-table.ts";
import { useEventTypes } from "../../api/events.ts";
import { Checkbox } from "../../components/field.tsx";
import { FormText } from "./bound-fields.tsx";
import { Conditions } from "./conditions.tsx";
import { eventChoices } from "./event-choices.ts";
import { ListField } from "./list-field.tsx";
import { valueOf, wrongAt } from "./fields-form.ts";
import type { PartForm } from "./part-form.ts";
import { textsOf } from "./part.ts";

/** The fields of a route. */
export function RouteForm({ form, document }: { form: PartForm; document: TableDocument }) {
  const { data } = useEventTypes();
  const place = document.routes.findIndex(({ id }) => id === form.part.id) + 1;
  return (
    <>
      <FormText form={form} path="description" label="Description" placeholder="What it is for" />
      <ListField
        form={form}
        path="events"
        label="Events"
        addLabel="Add an event or a family"
        placeholder="redemption.succeeded, redemption.* or *"
        hint="Type a part of the name or of what it means. A star takes every type that begins so."
        emptyMeans="None: a route takes at least one."
        choices={eventChoices(data?.events ?? [])}
        allowsOther
      />
      <ListField
        form={form}
        path="to"
        label="Targets"
        addLabel="Add a target"
        emptyMeans="None: a route leads to at least one."
        choices={Object.keys(document.targets).map((value) => ({ value }))}
      />
      <ListField
        form={form}
        path="inlets"
        label="Inlets"
        addLabel="Only from this inlet"
        emptyMeans="All inlets"
        choices={Object.keys(document.inlets).map((value) => ({ value }))}
        isOptional
      />
      <SourceKinds form={form} />
      <ListField
        form={form}
        path="sources"
        label="Sources"
        addLabel="Only from this source"
        placeholder="wh_… or distr_…"
        emptyMeans="All sources"
        choices={NONE}
        allowsOther
        isOptional
      />
      <Conditions form={form} />
      <FormText
        form={form}
        path="order.by"
        label="One after another by"
        placeholder="customer.id"
        hint="Deliveries with the same value there wait for one another. Left empty, each goes at once."
      />
      <p class="field-hint">
        Route {place} of {document.routes.length}. Where several lead to the same target, it gets one request, by the
        first of them.
      </p>
    </>
  );
}

const NONE: readonly [] = [];

const KINDS = [
  ["webhook", "Project webhooks"],
  ["distribution", "Distributions"],
] as const;

/** Whether these are the kinds there are, and no other that somebody has written into the definition. */
function isEvery(kinds: readonly string[]): boolean {
  return kinds.length === KINDS.length && KINDS.every(([one]) => kinds.includes(one));
}

/** Both are no restriction, and so is none: then the definition says nothing. */
function SourceKinds({ form }: { form: PartForm }) {
  const stated = valueOf(form, "sourceKinds");
  const chosen = textsOf(stated);
  const error = wrongAt(form, "sourceKinds");
  return (
    <fieldset class="field">
      <legend class="field-label">Sent by</legend>
      {KINDS.map(([kind, label]) => (
        <Checkbox
          key={kind}
          label={label}
          isChecked={stated === undefined || chosen.includes(kind)}
          onCheck={(isChecked) => {
            const was = stated === undefined ? KINDS.map(([one]) => one as string) : chosen;
            const next = isChecked ? [...was, kind] : was.filter((one) => one !== kind);
            form.set("sourceKinds", isEvery(next) ? undefined : next);
          }}
        />
      ))}
      {error !== undefined && <p class="field-error">{error}</p>}
    </fieldset>
  );
}
