// The form of what is masked where payloads and requests are shown.

import { MASKED_PATHS_DEFAULT } from "../../../masking/settings.ts";
import { Button } from "../../components/button.tsx";
import { FormSelect } from "../table/bound-fields.tsx";
import { ListField } from "../table/list-field.tsx";
import { valueOf, type FieldsForm } from "../table/fields-form.ts";

/** The fields. */
export function MaskingForm({ form }: { form: FieldsForm }) {
  const isDefault = valueOf(form, "paths") === undefined;
  // What is added to the default is added to all of it: the table then says every path.
  const shown = isDefault ? { ...form, fields: { ...form.fields, paths: MASKED_PATHS_DEFAULT } } : form;
  return (
    <>
      <FormSelect
        form={form}
        path="show"
        label="Without the scope payload, people see of payloads"
        byDefault="Nothing, as when nothing is said"
        options={[
          ["nothing", "Nothing"],
          ["masked", "All but what is masked"],
        ]}
      />
      <ListField
        form={shown}
        path="paths"
        label="Masked"
        addLabel="Mask another path"
        placeholder="customer.metadata or **.code"
        hint="Names divided by dots, with all that is below: * for any one name, ** for any number of them. A path holds at any depth."
        emptyMeans="Nothing is masked."
        choices={NONE}
        allowsOther
      />
      {!isDefault && (
        <div>
          <Button onClick={() => form.set("paths", undefined)}>As Signalbox has it by default</Button>
        </div>
      )}
    </>
  );
}

const NONE: readonly [] = [];
