// The name of a secret, and whether it is set where the reader may know that.

import { useSecrets } from "../../api/secrets.ts";
import { Badge } from "../../components/badge.tsx";
import { FormText } from "./bound-fields.tsx";
import { valueOf, type FieldsForm } from "./fields-form.ts";
import "./secret-field.css";

/** A field for a secret's name. */
export function SecretField({
  form,
  path,
  label,
  placeholder = "CRM_TOKEN",
}: {
  form: FieldsForm;
  path: string;
  label: string;
  /** The name that is taken when none is given. */
  placeholder?: string;
}) {
  const stated = valueOf(form, path);
  return (
    <div class="secret-field">
      <FormText
        form={form}
        path={path}
        label={label}
        placeholder={placeholder}
        hint="The secret's name, never its value."
      />
      {typeof stated === "string" && <SecretStanding name={stated} />}
    </div>
  );
}

/** Whether a secret is set; nothing where that is not known, as before it is published. */
export function SecretStanding({ name }: { name: string }) {
  const { data } = useSecrets();
  const found = data?.secrets.find((secret) => secret.name === name);
  if (found === undefined) return null;
  return found.from === null ? (
    <Badge state="not set" mood="bad" />
  ) : (
    <Badge state="set" mood="good">
      set, {found.from === "vault" ? "in the vault" : "on the Worker"}
    </Badge>
  );
}
