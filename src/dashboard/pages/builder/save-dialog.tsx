// What was built becomes a target of the table, with a route that leads to it, in one publication: what changes is shown and
// checked before, and what can be done next after.

import { useQuery } from "@tanstack/preact-query";
import { lazy, Suspense } from "preact/compat";
import { useState } from "preact/hooks";
import { PART_NAME_LENGTH_MAX } from "../../../part-name.ts";
import { admin, answerOf } from "../../api/admin.ts";
import { forget, queries } from "../../api/queries.ts";
import { useTable } from "../../api/table.ts";
import { findPart, usersOf, type TableDocument } from "../../../routing/edit-table.ts";
import { AskDialog } from "../../components/ask-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Checkbox, TextField } from "../../components/field.tsx";
import { Note } from "../../components/note.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { writeJson, type Draft } from "./draft.ts";
import { nameFor, tableWith, type RouteDraft } from "./publish.ts";
import { RouteForm } from "./route-form.tsx";
import { Saved, type SavedTarget } from "./saved.tsx";
import { useSettled } from "./use-settled.ts";
import { useAct } from "../../api/use-act.ts";

const DiffView = lazy(async () => ({ default: (await import("../../editor/diff-view.tsx")).DiffView }));

/** The dialog. It stays after publishing, to say where to go on. */
export function SaveDialog(props: {
  /** The target that is edited; empty for a new one. */
  edited: string;
  event: string;
  draft: Draft;
  target: Readonly<Record<string, unknown>>;
  onSaved: () => void;
  onClose: () => void;
}) {
  const { data, error, refetch } = useTable();
  const [saved, setSaved] = useState<SavedTarget>();
  if (saved !== undefined) return <Saved saved={saved} onClose={props.onClose} />;
  if (data !== undefined) {
    const keep = (published: SavedTarget) => {
      setSaved(published);
      props.onSaved();
    };
    return <SaveForm {...props} version={data.version} table={data.document} onPublished={keep} />;
  }
  return (
    <Dialog title="Save" isOpen onClose={props.onClose}>
      {error === null ? <Loading lines={6} /> : <Failure error={error} onRetry={refetch} />}
    </Dialog>
  );
}

function SaveForm({
  edited,
  event,
  draft,
  target,
  version,
  table,
  onPublished,
  onClose,
}: Parameters<typeof SaveDialog>[0] & {
  version: number;
  table: TableDocument;
  onPublished: (saved: SavedTarget) => void;
}) {
  const [name, setName] = useState(edited === "" ? suggestName(draft, table) : edited);
  const isRouted = edited !== "" && usersOf(table, "targets", edited).length > 0;
  const [hasRoute, setRoute] = useState(!isRouted);
  const [route, changeRoute] = useState<RouteDraft>({ id: "", events: [event], inlets: [], conditions: [] });
  const [note, setNote] = useState("");
  const routeId = route.id === "" ? nameFor(name, new Set(table.routes.map(({ id }) => id))) : route.id;
  const next = tableWith(table, name, target, hasRoute ? { ...route, id: routeId } : undefined);
  const isTaken = name !== edited && findPart(table, "targets", name) !== undefined;
  const isRouteTaken = hasRoute && findPart(table, "routes", routeId) !== undefined;
  const checked = useChecked(next, !isTaken && !isRouteTaken && name !== "");
  const why = whyNotYet({ name, isTaken, isRouteTaken, isRefused: checked.data?.valid === false });
  const publishing = useAct({
    mutationFn: async () => {
      const headers = { "if-match": `"${version}"` };
      // The document as it is: its schema is the router's to check.
      const json = next as unknown as Parameters<typeof admin.table.$put>[0]["json"];
      const query = note.trim() === "" ? {} : { note: note.trim() };
      return answerOf(admin.table.$put({ query, json }, { headers }));
    },
    onSuccess: async ({ version: published, warnings }) => {
      await queries.invalidateQueries();
      const taken = hasRoute ? route.events.find((one) => !one.endsWith("*")) : undefined;
      onPublished({ name, version: published, warnings, event: taken ?? event });
    },
    // Somebody else has published: what changes is shown against theirs.
    onError: async () => forget("table"),
  });
  return (
    <AskDialog
      title={edited === "" ? "Save as a target" : `Save ${edited}`}
      shape="wide"
      verb="Publish"
      why={why}
      act={publishing}
      onAct={() => publishing.mutate()}
      onClose={onClose}
    >
      <TextField
        label="Name of the target"
        value={name}
        onText={(text) => setName(text.toLowerCase())}
        disabled={edited !== ""}
        maxLength={PART_NAME_LENGTH_MAX}
        hint="Small letters, digits, - and _: it stands in the log and in addresses."
        error={isTaken ? "There is a target of that name. Choose another, or edit that one." : undefined}
      />
      <Checkbox
        label="With a route that leads to it"
        hint={isRouted ? "Routes lead to it already." : "Without a route nothing is sent to it."}
        isChecked={hasRoute}
        onCheck={setRoute}
      />
      {hasRoute && (
        <RouteForm
          route={route}
          suggestedId={routeId}
          isTaken={isRouteTaken}
          inlets={Object.keys(table.inlets)}
          onChange={(part) => changeRoute({ ...route, ...part })}
        />
      )}
      <TextField
        label="Note"
        value={note}
        onText={setNote}
        maxLength={500}
        hint="Why, for whoever reads the versions."
      />
      <Verdict checked={checked} />
      <details class="builder-notes">
        <summary>What changes in the table</summary>
        <Suspense fallback={<Loading lines={4} />}>
          <DiffView label="What changes in the table" before={writeJson(table)} after={writeJson(next)} />
        </Suspense>
      </details>
    </AskDialog>
  );
}

/** What keeps it from being published as it is. */
function whyNotYet(form: {
  name: string;
  isTaken: boolean;
  isRouteTaken: boolean;
  isRefused: boolean;
}): string | undefined {
  if (form.name === "") return "It needs a name.";
  if (form.isTaken) return "There is a target of that name.";
  if (form.isRouteTaken) return "There is a route of that name.";
  return form.isRefused ? "Something is wrong with it, see above." : undefined;
}

/** What the draft is called until somebody says otherwise: the recipe, or the host it goes to. */
function suggestName(draft: Draft, table: TableDocument): string {
  const taken = new Set(Object.keys(table.targets));
  if (draft.name !== "") return nameFor(draft.name, taken);
  if (draft.kind === "recipe") return nameFor(draft.recipe, taken);
  const host = /^https?:\/\/(?:www\.|api\.)?([^/:?{]+)/.exec(draft.url)?.[1] ?? "target";
  return nameFor(/^\d/.test(host) ? "target" : host, taken);
}

/** How long after the last change the table is checked, in milliseconds. */
const SETTLING_MS = 300;

function useChecked(table: TableDocument, isReady: boolean) {
  const settled = useSettled(JSON.stringify(table), SETTLING_MS);
  return useQuery({
    queryKey: ["table", "check", settled],
    queryFn: async ({ signal }) =>
      answerOf(admin.table.check.$post({ json: { table: JSON.parse(settled) as unknown } }, { init: { signal } })),
    enabled: isReady,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

function Verdict({ checked: { data, error } }: { checked: ReturnType<typeof useChecked> }) {
  if (error !== null) return <Failure error={error} />;
  if (data === undefined) return <p class="quiet">Checking…</p>;
  if (data.valid && data.warnings.length === 0)
    return (
      <p class="quiet" role="status">
        The router takes it.
      </p>
    );
  return (
    <Note mood={data.valid ? "warn" : "bad"} role="status">
      <strong>{data.valid ? "It can be published, and you should know:" : "The router does not take it:"}</strong>
      <ul class="builder-list">
        {data.errors.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            <code>{path}</code> {message}
          </li>
        ))}
        {data.warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </Note>
  );
}
