// The three parts of the builder and what they share: the draft, the event that is looked at, and where a clicked field goes.

import { RotateCcw, Save } from "lucide-preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";
import { ApiError } from "../../api/problem.ts";
import { whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { useKeys } from "../../components/keys.ts";
import { Note } from "../../components/note.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { tell } from "../../components/toasts.tsx";
import type { EditorHandle } from "../../editor/editor.tsx";
import { targetOf, type Draft } from "./draft.ts";
import { EventPart } from "./event-part.tsx";
import { placeIssues } from "./issue-places.ts";
import { PointingContext, type Pointing } from "./pointing.ts";
import { RequestPart } from "./request-part.tsx";
import { SaveDialog } from "./save-dialog.tsx";
import { TemplatePart } from "./template-part.tsx";
import { useDraft } from "./use-draft.ts";
import { useEvent } from "./use-event.ts";
import { usePreview } from "./use-preview.ts";
import "../../components/tabs.css";
import "./builder.css";

/** Beside each other on a wide screen, one at a time on a phone. */
const PARTS = [
  ["event", "Event"],
  ["template", "Template"],
  ["request", "Request"],
] as const;
type Part = (typeof PARTS)[number][0];

/** The builder. */
export function Workbench({
  edited,
  begin,
  event: eventAtFirst,
}: {
  /** The target that is edited; empty for a new one. */
  edited: string;
  /** What it begins with. */
  begin: Draft | undefined;
  /** What is looked at when the address does not say. */
  event: string;
}) {
  const { draft, isChanged, isOutdated, change, replace, forget } = useDraft(edited, begin);
  const { event, sendout, hasEvent, choose } = useAddress(eventAtFirst);
  const [revealed, setRevealed] = useState("");
  const isRevealed = sendout !== "" && revealed === sendout;
  const looked = useEvent({ event, sendout, isRevealed });
  const loggedType = looked.whole.data?.event?.type;
  useEffect(() => {
    // A link may name a sendout alone: it is of the type that it is of.
    if (!hasEvent && loggedType !== undefined) choose(loggedType, sendout);
  }, [loggedType]);
  const drafted = useMemo(() => targetOf(draft), [draft]);
  // Of a type that nobody has described there is no example.
  const hasSubject = sendout !== "" || looked.described.error === null;
  const preview = usePreview(
    drafted.ok && hasSubject
      ? { sendout: sendout === "" ? { example: event } : { id: sendout }, target: drafted.target }
      : undefined,
    isRevealed,
    `${draft.kind} ${draft.recipe}`,
  );
  const refused = preview.error instanceof ApiError ? preview.error.errors : NO_ISSUES;
  const issues = useMemo(() => placeIssues(refused, draft), [refused, draft]);
  const [part, setPart] = useState<Part>("event");
  // As it was when it was to be saved: once it is published, the draft is done with, and the dialog goes on.
  const [saving, setSaving] = useState<{ draft: Draft; target: Readonly<Record<string, unknown>> }>();
  const { pointing, insert } = usePointing(
    looked.fields,
    looked.described.data?.family ?? "other",
    preview.delivery?.trace ?? NO_TRACE,
    () => setPart("template"),
  );
  const why =
    whyNot("config") ?? (drafted.ok ? undefined : drafted.message) ?? (refused.length > 0 ? REFUSED : undefined);
  const save = () => {
    if (why === undefined && drafted.ok) setSaving({ draft, target: drafted.target });
  };
  useKeys([{ keys: "mod+s", does: "Save what was built", isForFields: true, run: save }]);
  const startOver = () =>
    ask({
      title: "Start over?",
      children: "What you have written here is thrown away.",
      verb: "Start over",
      tone: "danger",
      run: async () => forget(),
    });
  return (
    <PointingContext.Provider value={pointing}>
      <Page
        title={edited === "" ? "Builder" : `Builder: ${edited}`}
        lead="Choose an event, write what it becomes, and see the request that goes out."
        actions={
          <>
            {isChanged && (
              <Button icon={RotateCcw} onClick={startOver}>
                Start over
              </Button>
            )}
            <Button tone="primary" icon={Save} why={why} onClick={save}>
              {edited === "" ? "Save as a target" : "Save the target"}
            </Button>
          </>
        }
      >
        {isOutdated && (
          <Note mood="warn" role="status">
            {edited === ""
              ? "You are going on with a draft from before. Start over to begin with a new one."
              : `Somebody has published another ${edited} since you began. Publishing puts yours in its place; start over to go on from theirs.`}
          </Note>
        )}
        <PartSwitch part={part} onChoose={setPart} />
        <div class={`builder builder-shows-${part}`}>
          <div class="builder-event">
            <Panel title="1 · Event">
              <EventPart
                {...{ event, sendout, looked, isRevealed }}
                onChoose={choose}
                onReveal={() => setRevealed(sendout)}
                onPick={insert}
              />
            </Panel>
          </div>
          <div class="builder-template">
            <Panel title="2 · Template">
              <TemplatePart {...{ draft, issues }} onChange={change} onReplace={replace} />
            </Panel>
          </div>
          <div class="builder-request">
            <Panel title="3 · Request">
              <RequestPart
                {...{ draft, drafted, hasSubject, preview, issues, isRevealed, event, sendout }}
                logged={looked.logged}
                onChoose={choose}
              />
            </Panel>
          </div>
        </div>
        {saving !== undefined && (
          <SaveDialog {...saving} {...{ edited, event }} onSaved={forget} onClose={() => setSaving(undefined)} />
        )}
      </Page>
    </PointingContext.Provider>
  );
}

function PartSwitch({ part, onChoose }: { part: Part; onChoose: (part: Part) => void }) {
  return (
    <div class="tabs-list builder-parts" role="group" aria-label="Part of the builder">
      {PARTS.map(([of, label]) => (
        <button key={of} type="button" class="tabs-trigger" aria-pressed={of === part} onClick={() => onChoose(of)}>
          {label}
        </button>
      ))}
    </div>
  );
}

const REFUSED = "The router refuses it as it is: look at what is marked.";

const NO_TRACE: Pointing["trace"] = [];
const NO_ISSUES: ApiError["errors"] = [];

/** Event and sendout, as the address has them. */
function useAddress(eventAtFirst: string) {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const params = new URLSearchParams(search);
  const choose = (event: string, sendout: string) => {
    const next = new URLSearchParams(search);
    next.set("event", event);
    if (sendout === "") next.delete("sendout");
    else next.set("sendout", sendout);
    navigate(`${path}?${next.toString()}`, { replace: true });
  };
  return {
    event: params.get("event") ?? eventAtFirst,
    hasEvent: params.has("event"),
    sendout: params.get("sendout") ?? "",
    choose,
  };
}

/** Where clicked fields go: the editor that was written in last, before that the main one. */
function usePointing(
  fields: Pointing["fields"],
  family: Pointing["family"],
  trace: Pointing["trace"],
  onInserted: () => void,
) {
  const main = useRef<EditorHandle>();
  const last = useRef<EditorHandle>();
  const pointing = useMemo(
    () => ({
      fields,
      family,
      trace,
      register: (handle: EditorHandle, isMain: boolean) => {
        // Whatever was chosen may be gone, as another recipe has other fields.
        last.current = undefined;
        if (isMain) main.current = handle;
      },
      choose: (handle: EditorHandle) => (last.current = handle),
    }),
    [fields, family, trace],
  );
  const insert = (path: string) => {
    const into = last.current ?? main.current;
    onInserted();
    if (into?.insertField(path) === true) return;
    const title = into === undefined ? "Choose where it goes first." : "A field cannot stand there.";
    const description =
      into === undefined
        ? "Then fields have a template to go into."
        : "Put the cursor into a value, or between two of them.";
    tell({ title, description, type: "info" });
  };
  return { pointing, insert };
}
