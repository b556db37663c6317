// What stands over the page while there is a draft: how much it changes, and what can be done with it. And what is in the
// way, should somebody have published another version.

import { useQuery } from "@tanstack/preact-query";
import { ListChecks, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { whyNot } from "../../api/session-state.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { countOf } from "../../components/numbers.ts";
import { tell, tellError } from "../../components/toasts.tsx";
import { ChangeList } from "./change-list.tsx";
import { changes, check, discardDraft, draft, type Draft } from "./draft.ts";
import { checkDraft, putOnTop } from "./publish.ts";
import type { Working } from "./working.ts";

/** The bar; nothing while there is no draft. */
export function DraftBar({ working }: { working: Working }) {
  const current = draft.value;
  if (current === undefined) return null;
  return (
    <section class="draft-bar" aria-label="Draft">
      <div class="draft-bar-line">
        <p>
          <strong>{countOf(changes.value.length, "change")}</strong>, not published
          <span class="quiet">
            {" "}
            · begun from {current.base.version === 0 ? "the built-in table" : `version ${current.base.version}`}
          </span>
        </p>
        <Verdict working={working} />
        <DraftActions current={current} />
      </div>
      {working.inForce.version !== current.base.version && <Overtaken current={current} working={working} />}
    </section>
  );
}

function Verdict({ working: { document, errors } }: { working: Working }) {
  const found = check.value;
  if (found === undefined) return null;
  if (errors.length > 0) return <p class="draft-bad">{countOf(errors.length, "error")}</p>;
  if (found.document !== document) return <p class="quiet">Edited since it was checked</p>;
  return <p class="draft-good">Checked: it can be published</p>;
}

function DraftActions({ current }: { current: Draft }) {
  const [path] = useLocation();
  const [isBusy, setBusy] = useState(false);
  const run = () => {
    setBusy(true);
    checkDraft(current)
      .catch((error: unknown) => tellError(error, "The draft could not be checked."))
      .finally(() => setBusy(false));
  };
  const discard = () =>
    ask({
      title: "Discard the draft?",
      children: <p>{countOf(changes.value.length, "change")} would be lost. What is in force stays as it is.</p>,
      verb: "Discard",
      tone: "danger",
      run: async () => discardDraft(),
    });
  return (
    <div class="draft-bar-actions">
      <Button tone="quiet" icon={Trash2} onClick={discard}>
        Discard
      </Button>
      <Button icon={ListChecks} isBusy={isBusy} why={whyNot("read")} onClick={run}>
        Check
      </Button>
      {path !== "/table/draft" && (
        <ButtonLink href="/table/draft" tone="primary">
          Review and publish
        </ButtonLink>
      )}
    </div>
  );
}

/** Somebody has published another version: what they changed, and the draft on top of that. */
function Overtaken({ current, working: { inForce } }: { current: Draft; working: Working }) {
  const { data } = useQuery({
    queryKey: ["table", "diff", current.base.version, inForce.version],
    queryFn: async ({ signal }) =>
      answerOf(
        admin.table.diff.$get(
          { query: { from: String(current.base.version), to: String(inForce.version) } },
          { init: { signal } },
        ),
      ),
  });
  const onTop = () => {
    const clashes = putOnTop(current, inForce);
    tell(
      clashes.length === 0
        ? { title: `The draft now changes version ${inForce.version}.` }
        : {
            title: `The draft now changes version ${inForce.version}, over what they wrote in some places.`,
            description: `Both of you changed ${clashes.join(", ")}: look at it before you publish.`,
            type: "info",
          },
    );
  };
  return (
    <div class="draft-overtaken" role="alert">
      <p>
        <strong>Version {inForce.version} was published meanwhile.</strong> This is what it changed. Put your draft on
        top of it to go on: your changes stay, and so do theirs wherever you have not changed the same part.
      </p>
      {data && <ChangeList changes={data.changes} />}
      <Button onClick={onTop}>Put the draft on top of version {inForce.version}</Button>
    </div>
  );
}
