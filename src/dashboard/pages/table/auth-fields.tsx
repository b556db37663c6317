// How a target knows the sender. The common ways have fields; the others are named, and edited as JSON.

import { Select } from "../../components/field.tsx";
import { FormText } from "./bound-fields.tsx";
import { isFields, type Fields } from "./part.ts";
import { valueOf, wrongAt } from "./fields-form.ts";
import type { PartForm } from "./part-form.ts";
import { SecretField } from "./secret-field.tsx";

const TYPES = [
  ["none", "None"],
  ["bearer", "Bearer token"],
  ["basic", "Basic: user name and password"],
  ["header", "A header"],
  ["query", "A query parameter"],
  ["hmac", "Signature (HMAC)"],
  ["standard_webhooks", "Standard Webhooks signature"],
  ["oauth2_client_credentials", "OAuth 2, client credentials"],
  ["google_service_account", "Google service account"],
  ["aws_sigv4", "AWS Signature Version 4"],
] as const;
type AuthType = (typeof TYPES)[number][0];

/** Those whose fields are all here. */
const WITH_FIELDS: ReadonlySet<string> = new Set(["none", "bearer", "basic", "header", "query"]);

/** Another way of authentication; a client certificate goes with every one. */
function withType(type: AuthType, auth: unknown): Fields | undefined {
  const { mtls } = isFields(auth) ? auth : {};
  if (mtls !== undefined) return { type, mtls };
  return type === "none" ? undefined : { type };
}

/** The fields of a target's authentication. */
export function AuthFields({ form }: { form: PartForm }) {
  const auth = valueOf(form, "auth");
  const type = isFields(auth) ? TYPES.find(([one]) => one === auth["type"])?.[0] : undefined;
  const chosen: AuthType = type ?? "none";
  return (
    <>
      <Select
        label="Authentication"
        value={chosen}
        options={TYPES}
        error={WITH_FIELDS.has(chosen) ? undefined : wrongAt(form, "auth")}
        onChoose={(next) => form.set("auth", withType(next, auth))}
      />
      {chosen === "basic" && <FormText form={form} path="auth.username" label="User name" />}
      {(chosen === "header" || chosen === "query") && (
        <FormText
          form={form}
          path="auth.name"
          label={chosen === "header" ? "Header" : "Parameter"}
          placeholder={chosen === "header" ? "x-api-key" : "api_key"}
        />
      )}
      {chosen === "header" && <FormText form={form} path="auth.prefix" label="Before the secret" placeholder="Key " />}
      {(chosen === "bearer" || chosen === "header" || chosen === "query" || chosen === "hmac") && (
        <SecretField form={form} path="auth.secret" label="Secret" />
      )}
      {chosen === "basic" && <SecretField form={form} path="auth.password" label="Password" />}
      {!WITH_FIELDS.has(chosen) && <p class="field-hint">The rest of it is edited as JSON, on the other tab.</p>}
    </>
  );
}
