// What a recipe needs to know: its settings, and the names of its secrets.

import { ArrowRightLeft, ExternalLink, PencilLine } from "lucide-preact";
import { useContext } from "preact/hooks";
import { useRecipe, type RecipeDescription } from "../../api/recipes.ts";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { Select, TextField } from "../../components/field.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import type { Diagnostic } from "../../editor/json-places.ts";
import type { Draft } from "./draft.ts";
import type { PlacedIssues } from "./issue-places.ts";
import { PointingContext } from "./pointing.ts";
import { SecretField } from "./secret-field.tsx";
import { TemplateField } from "./template-field.tsx";

/** The form of a recipe. */
export function RecipeForm({
  draft,
  issues,
  onChange,
  onOther,
  onReplace,
}: {
  draft: Draft;
  issues: PlacedIssues;
  onChange: (part: Partial<Draft>) => void;
  onOther: () => void;
  onReplace: (draft: Draft) => void;
}) {
  const { data, error, refetch } = useRecipe(draft.recipe);
  const put = (part: "settings" | "secrets", name: string, value: string) => {
    const { [name]: _, ...others } = draft[part];
    // What is empty is left out, so that what the recipe has for it counts.
    onChange({ [part]: value === "" ? others : { ...others, [name]: value } });
  };
  return (
    <>
      <div class="builder-kind">
        <strong>{data?.title ?? draft.recipe}</strong>
        <Button icon={ArrowRightLeft} onClick={onOther}>
          Change
        </Button>
      </div>
      {error !== null && <Failure error={error} onRetry={refetch} />}
      {data === undefined ? (
        error === null && <Loading lines={6} />
      ) : (
        <>
          <p class="quiet">{data.summary}</p>
          {data.settings.map((setting) => (
            <SettingField
              key={setting.name}
              setting={setting}
              value={draft.settings[setting.name] ?? ""}
              error={issues.settings.get(setting.name)}
              places={issues.texts.get(setting.name)}
              onText={(text) => put("settings", setting.name, text)}
            />
          ))}
          {data.secrets.map(({ name, meaning, secret }) => (
            <SecretField
              key={name}
              label={capitalised(name)}
              meaning={secret === null ? `${meaning} (may stay empty)` : meaning}
              name={draft.secrets[name] ?? ""}
              byDefault={secret}
              error={issues.secrets.get(name)}
              onName={(chosen) => put("secrets", name, chosen)}
            />
          ))}
          <Notes recipe={data} />
          <OwnRequest draft={draft} onReplace={onReplace} />
        </>
      )}
    </>
  );
}

type Setting = RecipeDescription["settings"][number];

/** What a template of a recipe may look like, for who has never written one. */
const TEMPLATE_EXAMPLE = "{{ customer.name }} redeemed {{ voucher.code }}";

function SettingField({
  setting: { name, kind, meaning, required, default: byDefault = "", choices, example },
  value,
  error,
  places,
  onText,
}: {
  setting: Setting;
  value: string;
  error: string | undefined;
  places: readonly Diagnostic[] | undefined;
  onText: (text: string) => void;
}) {
  const hint = required ? meaning : `${meaning} (may stay empty)`;
  if (kind === "template") {
    const filled =
      byDefault === "" ? "Left empty, the recipe writes a sentence of its own." : `Left empty: ${byDefault}`;
    return (
      <TemplateField
        label={capitalised(name)}
        value={value}
        onText={onText}
        isMain
        diagnostics={places}
        placeholder={`Hello! ${TEMPLATE_EXAMPLE}`}
        hint={`${meaning}. ${filled}`}
      />
    );
  }
  // What is still to be filled in is no mistake yet.
  const said = value === "" ? undefined : error;
  if (kind === "choice") {
    const options = [
      ["", byDefault === "" ? "Choose one" : `${byDefault} (when nothing is chosen)`] as const,
      ...(choices ?? []).map((choice) => [choice, choice] as const),
    ];
    return (
      <Select label={capitalised(name)} value={value} options={options} onChoose={onText} hint={hint} error={said} />
    );
  }
  return (
    <TextField
      label={capitalised(name)}
      value={value}
      onText={onText}
      hint={hint}
      error={said}
      placeholder={byDefault || example}
    />
  );
}

/** `app_group` as people write it. */
function capitalised(name: string): string {
  const words = name
    .replaceAll(/[_-]+/g, " ")
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function Notes({ recipe: { notes, documentation } }: { recipe: RecipeDescription }) {
  return (
    <details class="builder-notes">
      <summary>What to know about it</summary>
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
        <li>
          <a href={documentation.url} target="_blank" rel="noopener noreferrer">
            Its documentation <ExternalLink size={13} aria-hidden="true" />
          </a>
          , read {documentation.readOn}
        </li>
      </ul>
    </details>
  );
}

/** A way out of the recipe, for what it has no setting for. */
function OwnRequest({ draft, onReplace }: { draft: Draft; onReplace: (draft: Draft) => void }) {
  const { family } = useContext(PointingContext);
  const takeOver = async () => {
    const { ownRequestOf } = await import("./own-request.ts");
    const own = ownRequestOf(draft, family);
    if (own === undefined)
      throw new Error("The recipe makes no request of this event yet: fill in what it needs first.");
    onReplace(own);
  };
  const confirm = () =>
    ask({
      title: "Make it a request of your own?",
      children:
        "What the recipe sends for this event becomes yours to change, with the settings written in. It is the same for every event then, and what the recipe knows of answers and limits is no part of it.",
      verb: "Make it mine",
      run: takeOver,
    });
  return (
    <div>
      <Button icon={PencilLine} onClick={confirm}>
        Make it a request of your own
      </Button>
    </div>
  );
}
