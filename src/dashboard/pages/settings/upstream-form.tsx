// The form of the credentials of Voucherify's Management API, and what may be done with them.

import { FormSelect, FormText } from "../table/bound-fields.tsx";
import type { FieldsForm } from "../table/fields-form.ts";
import { SecretField } from "../table/secret-field.tsx";

/** The fields; `inlets` are those that there are to choose from. */
export function UpstreamForm({ form, inlets }: { form: FieldsForm; inlets: readonly string[] }) {
  return (
    <>
      <FormText
        form={form}
        path="api"
        label="Voucherify's API"
        placeholder="https://api.voucherify.io"
        hint="Of the project's cluster: https://api.voucherify.io, https://us1.api.voucherify.io, https://as1.api.voucherify.io, or one of your own."
      />
      <FormText
        form={form}
        path="project"
        label="Project"
        placeholder="proj_…"
        hint="The project's id in Voucherify."
      />
      <SecretField
        form={form}
        path="managementId"
        label="Secret that holds the Management Id"
        placeholder="VOUCHERIFY_MANAGEMENT_ID"
      />
      <SecretField
        form={form}
        path="managementToken"
        label="Secret that holds the Management Token"
        placeholder="VOUCHERIFY_MANAGEMENT_TOKEN"
      />
      <FormSelect
        form={form}
        path="inlet"
        label="Inlet that the webhook posts to"
        byDefault="Choose one"
        options={inlets.map((id) => [id, id] as const)}
      />
      <FormSelect
        form={form}
        path="reenable"
        label="When Voucherify has disabled it"
        byDefault="Tell people, as when nothing is said"
        options={[
          ["ask", "Tell people"],
          ["by itself", "Enable it again, three times a day at most"],
        ]}
      />
      <FormText
        form={form}
        path="origin"
        label="Where Voucherify reaches this router"
        placeholder={location.origin}
        hint="Scheme and host. Left empty, this page's own, and for the watch what SIGNALBOX_HOST says."
      />
      <FormText
        form={form}
        path="webhook"
        label="The webhook's id"
        placeholder="wh_…"
        hint="Left empty, it is the one that posts to the inlet."
      />
    </>
  );
}
