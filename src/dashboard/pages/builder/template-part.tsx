// Where it goes: a recipe that brings the request along, or a request of one's own.

import { ArrowRightLeft } from "lucide-preact";
import { useState } from "preact/hooks";
import { useRecipes } from "../../api/recipes.ts";
import { Button } from "../../components/button.tsx";
import { Combobox } from "../../components/combobox.tsx";
import { EMPTY_DRAFT, REQUEST_DRAFT, type Draft } from "./draft.ts";
import type { PlacedIssues } from "./issue-places.ts";
import { MoreForm } from "./more-form.tsx";
import { RecipeForm } from "./recipe-form.tsx";
import { RequestForm } from "./request-form.tsx";

interface PartProps {
  draft: Draft;
  issues: PlacedIssues;
  onChange: (part: Partial<Draft>) => void;
  onReplace: (draft: Draft) => void;
}

/** The middle part of the builder. */
export function TemplatePart({ draft, issues, onChange, onReplace }: PartProps) {
  const [isPasting, setPasting] = useState(false);
  if (draft.kind === undefined) {
    const paste = () => {
      onReplace({ ...REQUEST_DRAFT, name: draft.name });
      setPasting(true);
    };
    return <Chooser onChoose={(chosen) => onReplace({ ...chosen, name: draft.name })} onPaste={paste} />;
  }
  const again = () => onReplace({ ...EMPTY_DRAFT, name: draft.name });
  return (
    <div class="builder-stack">
      {draft.kind === "recipe" ? (
        <RecipeForm {...{ draft, issues, onChange, onReplace }} onOther={again} />
      ) : (
        <>
          <div class="builder-kind">
            <strong>A request of your own</strong>
            <Button icon={ArrowRightLeft} onClick={again}>
              Change
            </Button>
          </div>
          <RequestForm {...{ draft, issues, onChange, isPasting }} onPaste={setPasting} />
        </>
      )}
      <MoreForm {...{ draft, onChange }} />
      {issues.others.map(({ path, message }) => (
        <p key={`${path} ${message}`} class="field-error">
          <code>{path.replace(/^target\.?/, "") || "target"}</code> {message}
        </p>
      ))}
    </div>
  );
}

/** What most people begin with, by the recipe's id. */
const SUGGESTED: readonly (readonly [id: string, title: string, about: string])[] = [
  ["slack-webhook", "Slack message", "Posts into the channel of an incoming webhook."],
  ["teams", "Teams message", "Posts a card into a channel."],
  ["braze", "Braze", "Tracks events and attributes of users."],
  ["klaviyo", "Klaviyo", "Creates events of profiles."],
];

function Chooser({ onChoose, onPaste }: { onChoose: (draft: Draft) => void; onPaste: () => void }) {
  const recipes = useRecipes();
  const choose = (recipe: string) => onChoose({ ...EMPTY_DRAFT, kind: "recipe", recipe });
  const known = new Set(recipes.data?.recipes.map(({ id }) => id));
  const choices = (recipes.data?.recipes ?? []).map(({ id, title, summary }) => ({
    value: id,
    label: title,
    hint: summary,
  }));
  return (
    <div class="builder-stack">
      <p>Where should it go?</p>
      <ul class="builder-suggested">
        {SUGGESTED.filter(([id]) => known.has(id)).map(([id, title, about]) => (
          <li key={id}>
            <button type="button" onClick={() => choose(id)}>
              <strong>{title}</strong>
              <span>{about}</span>
            </button>
          </li>
        ))}
        <li>
          <button type="button" onClick={() => onChoose(REQUEST_DRAFT)}>
            <strong>Any other API</strong>
            <span>Write URL, headers and body yourself.</span>
          </button>
        </li>
        <li>
          <button type="button" onClick={onPaste}>
            <strong>A Payload-designer template</strong>
            <span>Paste it as it stands in Voucherify.</span>
          </button>
        </li>
      </ul>
      <Combobox
        label={`All ${choices.length === 0 ? "" : choices.length} destinations`}
        choices={choices}
        value=""
        onChoose={choose}
        placeholder="Salesforce, HubSpot, Twilio…"
      />
    </div>
  );
}
