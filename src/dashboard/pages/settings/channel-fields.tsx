// One channel of alerts in a form: where it goes, and what it hears of. And the fields that add another.

import { Plus, Trash2 } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { INCIDENT_KINDS } from "../../../ledger/incident-kinds.ts";
import { PART_NAME_PATTERN, PART_NAME_RULE } from "../../../part-name.ts";
import { Button } from "../../components/button.tsx";
import { Select, TextField } from "../../components/field.tsx";
import { FormSelect, FormText } from "../table/bound-fields.tsx";
import { ListField } from "../table/list-field.tsx";
import { valueOf, wrongAsWhole, type FieldsForm } from "../table/fields-form.ts";
import { SecretField } from "../table/secret-field.tsx";

const TYPES = [
  ["slack", "Slack"],
  ["email", "E-mail"],
  ["webhook", "A webhook of yours"],
] as const;
type ChannelType = (typeof TYPES)[number][0];

/** The fields of one; `onChange` takes another definition, or undefined for none. One that is new has the focus. */
export function ChannelFields({
  name,
  form,
  isNew,
  onChange,
}: {
  name: string;
  form: FieldsForm;
  isNew: boolean;
  onChange: (channel: object | undefined) => void;
}) {
  const place = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    if (isNew) place.current?.querySelector("input")?.focus();
  }, [isNew]);
  const type = valueOf(form, "type");
  const wrong = wrongAsWhole(form, "") ?? wrongAsWhole(form, "type");
  return (
    <fieldset ref={place} class="settings-channel">
      <legend>{name}</legend>
      {wrong !== undefined && <p class="field-error">{wrong}</p>}
      {type === "slack" && (
        <SecretField form={form} path="secret" label="Secret with the webhook's path" placeholder="SLACK_ALERTS" />
      )}
      {type === "email" && <EmailFields form={form} />}
      {type === "webhook" && <WebhookFields form={form} />}
      <FormSelect
        form={form}
        path="least"
        label="Hears of what is"
        byDefault="Warning and worse, as when nothing is said"
        options={[
          ["info", "Anything"],
          ["warning", "Warning and worse"],
          ["critical", "Critical"],
        ]}
      />
      <ListField
        form={form}
        path="kinds"
        label="Of these kinds"
        addLabel="Only this kind of incident"
        emptyMeans="All kinds"
        choices={INCIDENT_KINDS.map((value) => ({ value }))}
        isOptional
      />
      <div>
        <Button icon={Trash2} onClick={() => onChange(undefined)}>
          Take {name} out
        </Button>
      </div>
    </fieldset>
  );
}

function EmailFields({ form }: { form: FieldsForm }) {
  return (
    <>
      <FormText
        form={form}
        path="binding"
        label="Binding that sends"
        placeholder="EMAIL"
        hint="The send_email binding of wrangler.toml."
      />
      <FormText form={form} path="from" label="From" placeholder="signalbox@example.com" />
      <ListField
        form={form}
        path="to"
        label="To"
        addLabel="Add an address"
        placeholder="ops@example.com"
        emptyMeans="Nobody: at least one address is needed."
        choices={NONE}
        allowsOther
      />
    </>
  );
}

function WebhookFields({ form }: { form: FieldsForm }) {
  return (
    <>
      <FormText form={form} path="url" label="URL" placeholder="https://alerts.example.com/signalbox" />
      <ListField
        form={form}
        path="secrets"
        label="Secrets that sign, by name"
        addLabel="Add a secret's name"
        placeholder="ALERTS_SIGNING"
        hint="By Standard Webhooks, whsec_…; two while one replaces the other."
        emptyMeans="None: at least one is needed."
        choices={NONE}
        allowsOther
      />
    </>
  );
}

const NONE: readonly [] = [];

/** Adds a channel by name and type; what it needs is filled in then. */
export function AddChannel({
  names,
  onAdd,
}: {
  names: readonly string[];
  onAdd: (name: string, channel: object) => void;
}) {
  const [name, setName] = useState("");
  const [type, setType] = useState<ChannelType>("slack");
  const wrong = channelNameIssue(name, names);
  const add = () => {
    onAdd(name, type === "email" ? { type, binding: "EMAIL" } : { type });
    setName("");
  };
  return (
    <div class="settings-channel-add">
      <TextField label="Name of a new channel" value={name} onText={setName} placeholder="team" error={wrong} />
      <Select label="Kind of channel" value={type} options={TYPES} onChoose={setType} />
      <Button icon={Plus} why={name === "" ? "Give it a name first." : wrong} onClick={add}>
        Add the channel
      </Button>
    </div>
  );
}

/** What is wrong with a name for a new channel, which has the form of other names; undefined where nothing is. */
function channelNameIssue(name: string, names: readonly string[]): string | undefined {
  if (name === "") return undefined;
  if (names.includes(name)) return "There is a channel of that name.";
  return PART_NAME_PATTERN.test(name) ? undefined : `Expected another: ${PART_NAME_RULE}.`;
}
