// What stands over the page while there is a draft: how much it changes, and what can be done with it. And what is in the
// way, should somebody have published another version.

import { ListChecks, Trash2 } from "lucide-preact";
import { useMemo } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { diffTables } from "../../../routing/diff-tables.ts";
import { useTableVersion } from "../../api/table.ts";
import { nameOfActor } from "../../components/actors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { Note } from "../../components/note.tsx";
import { countOf } from "../../components/numbers.ts";
import { tellError } from "../../components/toasts.tsx";
import { ChangeList } from "./change-list.tsx";
import { changes, check, clashes, discardDraft, draft, type Draft } from "./draft.ts";
import { checkDraft, putOnTop } from "./publish.ts";
import type { Working } from "./working.ts";
import { useAct } from "../../api/use-act.ts";

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
      <Clashes />
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
  const checking = useAct({
    mutationFn: async () => checkDraft(current),
    onError: (error) => tellError(error, "The draft could not be checked."),
  });
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
      <Button icon={ListChecks} isBusy={checking.isPending} onClick={() => checking.mutate()}>
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

/** Somebody has published another version: who, what they changed, and the way to put the draft on top of that. */
function Overtaken({ current, working: { inForce } }: { current: Draft; working: Working }) {
  const from = useTableVersion(current.base.version);
  const to = useTableVersion(inForce.version);
  const theirs = useMemo(
    () => (from.data === undefined || to.data === undefined ? [] : diffTables(from.data.document, to.data.document)),
    [from.data, to.data],
  );
  return (
    <div class="draft-overtaken">
      <p role="alert">
        <strong>
          Version {inForce.version} was published meanwhile{to.data && `, by ${nameOfActor(to.data.by)}`}.
        </strong>{" "}
        Put your draft on top of it to go on: your changes stay, and so do theirs wherever you have not changed the same
        part.
      </p>
      {theirs.length > 0 && (
        <details open={theirs.length <= OPEN_MAX}>
          <summary>{countOf(theirs.length, "change of theirs", "changes of theirs")}</summary>
          <ChangeList changes={theirs} />
        </details>
      )}
      <Button onClick={() => putOnTop(current, inForce)}>Put the draft on top of version {inForce.version}</Button>
    </div>
  );
}

/** Up to how many changes of somebody else are shown without being asked for. */
const OPEN_MAX = 5;

/** What two people have changed, so that one of them has to look at it. */
function Clashes() {
  if (clashes.value.length === 0) return null;
  return (
    <Note mood="warn" role="alert">
      Both of you changed {clashes.value.join(", ")}. Your text stands there now: look at it before you publish.
    </Note>
  );
}
