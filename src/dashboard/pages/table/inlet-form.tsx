// The form of an inlet: its URL, who signs, and what else a sender has to show.

import { useInlets } from "../../api/table-parts.ts";
import { Badge } from "../../components/badge.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Select } from "../../components/field.tsx";
import { FormText } from "./bound-fields.tsx";
import { ListField } from "./list-field.tsx";
import { valueOf, wrongAt } from "./fields-form.ts";
import type { PartForm } from "./part-form.ts";

/** The fields of an inlet. */
export function InletForm({ form }: { form: PartForm }) {
  const auth = valueOf(form, "auth");
  return (
    <>
      <Standing id={form.part.id} />
      <Select
        label="Signature"
        value={auth === "none" ? "none" : "signed"}
        error={auth === "none" ? wrongAt(form, "auth") : undefined}
        options={[
          ["signed", "Voucherify signs with a secret"],
          ["none", "None: anyone who knows the URL can send"],
        ]}
        onChoose={(chosen) => form.set("auth", chosen === "none" ? "none" : { secrets: ["VOUCHERIFY_SECRET"] })}
      />
      {auth !== "none" && (
        <ListField
          form={form}
          path="auth.secrets"
          label="Secrets, any of which may sign"
          addLabel="Add a secret's name"
          placeholder="VOUCHERIFY_SECRET"
          emptyMeans="None: at least one is needed."
          choices={[]}
          allowsOther
        />
      )}
      <FormText
        form={form}
        path="requires.pathToken"
        label="Token in the URL"
        placeholder="SHOP_PATH_TOKEN"
        hint="The name of the secret whose value stands behind the inlet's name."
      />
      <FormText form={form} path="requires.header.name" label="Header that must come along" placeholder="x-shop-key" />
      <FormText
        form={form}
        path="requires.header.secret"
        label="Secret that holds the header's value"
        placeholder="SHOP_HEADER"
      />
      <ListField
        form={form}
        path="requires.addresses"
        label="Addresses that may send"
        addLabel="Only from this region or address"
        emptyMeans="All addresses"
        choices={REGIONS}
        allowsOther
        isOptional
      />
      <FormText
        form={form}
        path="expects.event"
        label="Event type of raw payloads"
        placeholder="customer.publication.succeeded"
        hint="For distributions with Raw payload ticked, whose bodies do not say what they are."
      />
      <FormText form={form} path="expects.source" label="Source of raw payloads" placeholder="distr_…" />
    </>
  );
}

const REGIONS = [
  { value: "eu1", hint: "Voucherify in Europe" },
  { value: "us1", hint: "Voucherify in the United States" },
  { value: "as1", hint: "Voucherify in Asia" },
];

/** What the router says of the inlet that is in force. */
function Standing({ id }: { id: string }) {
  const { data } = useInlets();
  const inlet = data?.items.find((one) => one.id === id);
  if (inlet === undefined) return <p class="quiet">It has a URL once it is published.</p>;
  return (
    <div class="inlet-standing">
      <p class="field-label">URL for Voucherify</p>
      <p class="inlet-url">
        <code>{inlet.url}</code>
        <CopyButton text={inlet.url} label="Copy the URL" />
      </p>
      <ul>
        {inlet.secrets.map(({ name, set }) => (
          <li key={name}>
            <code>{name}</code> <Badge state={set ? "set" : "not set"} mood={set ? "good" : "bad"} />
          </li>
        ))}
      </ul>
    </div>
  );
}
