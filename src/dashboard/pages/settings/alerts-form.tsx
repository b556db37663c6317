// The form of who hears of incidents, and when.

import { useState } from "preact/hooks";
import { FormNumber, FormSelect, FormText } from "../table/bound-fields.tsx";
import { formBelow, valueOf, wrongAsWhole, type FieldsForm } from "../table/fields-form.ts";
import { isFields } from "../table/part.ts";
import { AddChannel, ChannelFields } from "./channel-fields.tsx";

/** The fields. */
export function AlertsForm({ form }: { form: FieldsForm }) {
  const stated = valueOf(form, "channels");
  const names = isFields(stated) ? Object.keys(stated) : [];
  const wrong = wrongAsWhole(form, "channels");
  const [added, setAdded] = useState<string>();
  return (
    <>
      <h3>Channels</h3>
      {names.map((name) => (
        <ChannelFields
          key={name}
          name={name}
          form={formBelow(form, `channels.${name}`)}
          isNew={name === added}
          onChange={(channel) => form.set(`channels.${name}`, channel)}
        />
      ))}
      {wrong !== undefined && <p class="field-error">{wrong}</p>}
      <AddChannel
        names={names}
        onAdd={(name, channel) => {
          form.set(`channels.${name}`, channel);
          setAdded(name);
        }}
      />
      <h3>When</h3>
      <div class="settings-pair">
        <FormText form={form} path="quietHours.from" label="Quiet hours from" placeholder="22:00" />
        <FormText form={form} path="quietHours.to" label="Quiet hours to" placeholder="07:00" />
      </div>
      <FormText
        form={form}
        path="digest.at"
        label="Digest, daily at"
        placeholder="08:00"
        hint="One message with what is open and what had to wait; none where it is left empty."
      />
      <FormText
        form={form}
        path="timeZone"
        label="Time zone of both"
        placeholder="Europe/Warsaw"
        hint="UTC when left empty."
      />
      <FormNumber
        form={form}
        path="remindAfterHours"
        label="Told again after, in hours"
        placeholder="24"
        hint="What is open and not acknowledged."
      />
      <FormNumber
        form={form}
        path="waitingAfterHours"
        label="A delivery may wait, in hours"
        placeholder="6"
        hint="After that it is an incident."
      />
      <FormSelect
        form={form}
        path="plan"
        label="Cloudflare plan, by whose limits is warned"
        byDefault="Paid, as when nothing is said"
        options={[
          ["paid", "Paid"],
          ["free", "Free"],
        ]}
      />
      <FormText
        form={form}
        path="origin"
        label="Where messages link to"
        placeholder={location.origin}
        hint="Scheme and host; what SIGNALBOX_HOST says when left empty."
      />
    </>
  );
}
