// How the request proves who sends it: the common ways as a form, the others as JSON.

import { Select, TextField } from "../../components/field.tsx";
import { JsonField } from "./json-field.tsx";
import { SecretField } from "./secret-field.tsx";

const COMMON = [
  ["none", "Nothing"],
  ["bearer", "A bearer token"],
  ["basic", "User name and password"],
  ["header", "A key in a header"],
  ["query", "A key in the URL"],
  ["other", "Another way, as JSON"],
] as const;
type Common = (typeof COMMON)[number][0];

/** What a way begins with when it is chosen. */
const BEGINNINGS: Readonly<Record<Common, Record<string, unknown>>> = {
  none: { type: "none" },
  bearer: { type: "bearer", secret: "" },
  basic: { type: "basic", username: "", password: "" },
  header: { type: "header", name: "x-api-key", secret: "" },
  query: { type: "query", name: "key", secret: "" },
  other: { type: "hmac", secret: "", header: "x-signature" },
};

type Auth = Readonly<Record<string, unknown>>;

/** The form. Secrets are named in it, and set in the vault or on the Worker. */
export function AuthForm({
  auth,
  issues,
  onChange,
}: {
  auth: Auth;
  issues: readonly string[];
  onChange: (auth: Record<string, unknown>) => void;
}) {
  const way = COMMON.find(([type]) => type === auth["type"])?.[0] ?? "other";
  const text = (key: string) => (typeof auth[key] === "string" ? auth[key] : "");
  const put = (key: string, value: string) => onChange({ ...auth, [key]: value });
  const secret = way === "basic" ? "password" : "secret";
  return (
    <fieldset class="builder-stack">
      <Select
        label="Proves who sends by"
        value={way}
        options={COMMON}
        onChoose={(chosen) => onChange(BEGINNINGS[chosen])}
      />
      {way === "basic" && (
        <TextField label="User name" value={text("username")} onText={(value) => put("username", value)} />
      )}
      {way === "header" && <TextField label="Header" value={text("name")} onText={(value) => put("name", value)} />}
      {way === "query" && <TextField label="Parameter" value={text("name")} onText={(value) => put("name", value)} />}
      {way === "other" && (
        <JsonField
          label="Authentication"
          value={auth}
          onValue={onChange}
          hint="docs/authentication.md has every way: HMAC, Standard Webhooks, OAuth 2, Google, AWS."
        />
      )}
      {way !== "none" && way !== "other" && (
        <SecretField
          label={way === "basic" ? "Password" : "Key"}
          meaning="It is a secret: what stands in the target is its name"
          name={text(secret)}
          byDefault={null}
          onName={(name) => put(secret, name)}
        />
      )}
      {issues.map((message) => (
        <p key={message} class="field-error">
          {message}
        </p>
      ))}
    </fieldset>
  );
}
