// The form of how long things are kept.

import { FormNumber } from "../table/bound-fields.tsx";
import type { FieldsForm } from "../table/fields-form.ts";
import { readSettings } from "./table-settings.ts";

const { retention: DEFAULTS } = readSettings({});

/** The fields. */
export function RetentionForm({ form }: { form: FieldsForm }) {
  return (
    <>
      <FormNumber
        form={form}
        path="bodyDays"
        label="Payloads, requests and answers, in days"
        placeholder={String(DEFAULTS.bodyDays)}
        hint={`From the sendout's arrival; ${DEFAULTS.bodyDays} when left empty. Shorter, what is older goes within the hours after it is published.`}
      />
      <FormNumber
        form={form}
        path="metadataDays"
        label="That a sendout came, and what became of it, in days"
        placeholder={String(DEFAULTS.metadataDays)}
        hint={`15 or more, and no shorter than payloads; ${DEFAULTS.metadataDays} when left empty. Voucherify can send a sendout again for 14 days, and this is what recognises it.`}
      />
      <FormNumber
        form={form}
        path="auditDays"
        label="The audit log, in days"
        placeholder={String(DEFAULTS.auditDays)}
        hint={`30 or more; ${DEFAULTS.auditDays} when left empty.`}
      />
    </>
  );
}
