// The form of a target: what is sent where, as whom, and how patiently. What has no field here is edited as JSON, and stays.

import { Hammer } from "lucide-preact";
import { ButtonLink } from "../../components/button.tsx";
import { useRecipe } from "../../api/recipes.ts";
import { Loading } from "../../components/states.tsx";
import { AuthFields } from "./auth-fields.tsx";
import { FormNumber, FormSelect, FormText } from "./bound-fields.tsx";
import { valueOf, wrongAt } from "./fields-form.ts";
import type { PartForm } from "./part-form.ts";
import { RetryFields } from "./retry-fields.tsx";
import { SecretField } from "./secret-field.tsx";

/** The fields of a target. */
export function TargetForm({ form }: { form: PartForm }) {
  const recipe = valueOf(form, "recipe");
  return (
    <>
      <FormText form={form} path="description" label="Description" placeholder="What it is for" />
      {typeof recipe === "string" ? <RecipeFields form={form} id={recipe} /> : <RequestFields form={form} />}
      <FormSelect
        form={form}
        path="payload"
        label="Form of the sendout that it reads"
        byDefault="As Signalbox understands it"
        options={PAYLOADS}
      />
      <Delivery form={form} />
      <Limits form={form} />
    </>
  );
}

const PAYLOADS = [
  ["normalised", "As Signalbox understands it, passed on whole without a body"],
  ["v2024-01-01", "Voucherify's v2024-01-01"],
  ["v2018-08-01", "Voucherify's v2018-08-01"],
  ["as received", "Byte for byte as received"],
] as const;

function RequestFields({ form }: { form: PartForm }) {
  return (
    <>
      <FormSelect
        form={form}
        path="request.method"
        label="Method"
        byDefault="POST, as when nothing is said"
        options={[
          ["POST", "POST"],
          ["PUT", "PUT"],
          ["PATCH", "PATCH"],
          ["DELETE", "DELETE"],
          ["GET", "GET"],
        ]}
      />
      <FormText form={form} path="request.url" label="URL" placeholder="https://crm.example.com/contacts" />
      <OtherErrors form={form} />
      <div>
        <ButtonLink href={`/builder/${encodeURIComponent(form.part.id)}`} icon={Hammer}>
          Open in the Builder
        </ButtonLink>
        <p class="field-hint">Headers, body and expressions, with the request rendered beside them.</p>
      </div>
      <AuthFields form={form} />
    </>
  );
}

/** What is wrong in the parts of a request that have no field here. */
function OtherErrors({ form }: { form: PartForm }) {
  const found = ["request.headers", "request.query", "request.body", "request.pathSecret"].flatMap((path) => {
    const message = wrongAt(form, path);
    return message === undefined ? [] : [{ path, message }];
  });
  if (found.length === 0) return null;
  return (
    <ul>
      {found.map(({ path, message }) => (
        <li key={path} class="field-error">
          <code>{path}</code> {message}
        </li>
      ))}
    </ul>
  );
}

function RecipeFields({ form, id }: { form: PartForm; id: string }) {
  const { data: recipe } = useRecipe(id);
  if (recipe === undefined) return <Loading label="Reading the recipe" />;
  return (
    <>
      <p>
        <strong>{recipe.title}</strong> <span class="quiet">{recipe.summary}</span>
      </p>
      {recipe.settings.map(({ name, meaning, choices, default: byDefault, example }) =>
        choices === undefined ? (
          <FormText
            key={name}
            form={form}
            path={`settings.${name}`}
            label={name}
            hint={meaning}
            placeholder={byDefault ?? example ?? ""}
          />
        ) : (
          <FormSelect
            key={name}
            form={form}
            path={`settings.${name}`}
            label={name}
            hint={meaning}
            byDefault={byDefault ?? "Choose one"}
            options={choices.map((choice) => [choice, choice] as const)}
          />
        ),
      )}
      {recipe.secrets.map(({ name, meaning, secret }) => (
        <SecretField
          key={name}
          form={form}
          path={`secrets.${name}`}
          label={meaning}
          placeholder={secret ?? "not used"}
        />
      ))}
    </>
  );
}

function Delivery({ form }: { form: PartForm }) {
  return (
    <>
      <RetryFields form={form} />
      <FormNumber
        form={form}
        path="timeoutMs"
        label="Longest time an attempt may take, in milliseconds"
        placeholder="10000"
      />
      <FormNumber
        form={form}
        path="maxAgeSeconds"
        label="Oldest that may still be sent, in seconds"
        placeholder="no limit"
        hint="What happened longer ago than that expires."
      />
      <FormSelect
        form={form}
        path="onAmbiguous"
        label="When it may have arrived although there was no answer"
        byDefault="As the recipe says, else try again"
        options={[
          ["retry", "Try again"],
          ["hold", "Wait for a person"],
        ]}
      />
    </>
  );
}

function Limits({ form }: { form: PartForm }) {
  return (
    <fieldset class="field">
      <legend class="field-label">What it can take</legend>
      <div class="part-limits">
        <FormNumber form={form} path="limits.perSecond" label="Calls a second" placeholder="no limit" />
        <FormNumber form={form} path="limits.perMinute" label="Calls a minute" placeholder="no limit" />
        <FormNumber form={form} path="limits.perHour" label="Calls an hour" placeholder="no limit" />
        <FormNumber form={form} path="limits.concurrency" label="At the same time" placeholder="no limit" />
      </div>
      <FormText
        form={form}
        path="account"
        label="Account"
        placeholder={form.part.id}
        hint="Targets with the same account share these limits and the circuit breaker."
      />
    </fieldset>
  );
}
