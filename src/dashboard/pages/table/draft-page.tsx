// The draft before it is published: what it changes, what it would make of sendouts that came in, and the whole document.

import { Download, Rocket, SquarePen } from "lucide-preact";
import { Link, useLocation, useSearch } from "wouter-preact";
import { readDocument, type TableDocument } from "../../../routing/edit-table.ts";
import { may, whyNot } from "../../api/session-state.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { Panel } from "../../components/page.tsx";
import { Empty } from "../../components/states.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { ChangeList } from "./change-list.tsx";
import { errorsInPart, partAt } from "./check-places.ts";
import { changes, check, draft, keepDraft, type Draft } from "./draft.ts";
import { Documents } from "./documents.tsx";
import { DryRunPanel } from "./dry-run-panel.tsx";
import { JsonDocument } from "./json-document.tsx";
import { hrefOf, ONE } from "./part.ts";
import { published, publishDraft } from "./publish.ts";
import { Published } from "./published.tsx";
import type { Working } from "./working.ts";
import "./draft-page.css";

/** The page at `/table/draft`. */
export function DraftPage({ working }: { working: Working }) {
  const [, navigate] = useLocation();
  const tab = new URLSearchParams(useSearch()).get("tab") ?? "changes";
  const current = draft.value;
  return (
    <div class="draft-page">
      {published.value !== undefined && <Published />}
      <Tabs
        label="The draft"
        value={tab}
        onChoose={(id) => navigate(id === "changes" ? "/table/draft" : `/table/draft?tab=${id}`, { replace: true })}
        tabs={[
          {
            id: "changes",
            label: "Changes",
            render: () => (current ? <Changes current={current} working={working} /> : <NoDraft />),
          },
          {
            id: "dry-run",
            label: "Dry run",
            render: () => (current ? <DryRunPanel current={current} /> : <NoDraft />),
          },
          { id: "json", label: "Whole table as JSON", render: () => <Whole working={working} /> },
        ]}
      />
    </div>
  );
}

function NoDraft() {
  return (
    <Empty icon={SquarePen} title="There is no draft" action={<ButtonLink href="/table">To the table</ButtonLink>}>
      It begins with the first thing that you change, and lasts as long as this tab.
    </Empty>
  );
}

function Changes({ current, working }: { current: Draft; working: Working }) {
  const isOvertaken = current.base.version !== working.inForce.version;
  const why = whyNot("config") ?? (isOvertaken ? "Put the draft on top of the version in force first." : undefined);
  return (
    <div class="draft-changes">
      <Findings working={working} />
      <Panel
        title="What it changes"
        actions={
          <Button tone="primary" icon={Rocket} why={why} onClick={() => askToPublish(current)}>
            Publish
          </Button>
        }
      >
        <ChangeList changes={changes.value} isLinked />
      </Panel>
      <Panel title="The documents">
        <Documents before={current.base.document} after={current.document} />
      </Panel>
    </div>
  );
}

function askToPublish(current: Draft): void {
  ask({
    title: `Publish over version ${current.base.version}?`,
    children: <ChangeList changes={changes.value} />,
    verb: "Publish",
    note: "Why (stands in the list of versions)",
    run: async (note) => publishDraft(current, note),
  });
}

/** What the last check has against the draft, each with the way to its place. */
function Findings({ working: { document, errors } }: { working: Working }) {
  const warnings = check.value?.document === document ? check.value.warnings : [];
  if (errors.length + warnings.length === 0) return null;
  return (
    <Panel title="What the check found">
      <ul class="draft-findings">
        {errors.map(({ path, message }) => {
          const part = partAt(document, path);
          const [place] = part === undefined ? [] : errorsInPart(document, part, [{ path, message }]);
          return (
            <li key={`${path} ${message}`} class="draft-error">
              {part === undefined ? (
                <code>{path}</code>
              ) : (
                <>
                  <Link href={hrefOf(part)}>
                    {ONE[part.kind]} {part.id}
                  </Link>{" "}
                  <code>{place?.path}</code>
                </>
              )}{" "}
              {message}
            </li>
          );
        })}
        {warnings.map((warning) => (
          <li key={warning} class="draft-warning">
            {warning}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Whole({ working: { inForce, document, errors } }: { working: Working }) {
  const take = (value: unknown) => {
    try {
      keepDraft({ base: draft.value?.base ?? inForce, document: readDocument(value) });
    } catch {
      return "A table has inlets and targets by name, and a list of routes with ids.";
    }
    return undefined;
  };
  return (
    <div class="draft-whole">
      <p class="quiet">
        Do you keep the table in git? Then change the file there and run <code>signalbox apply</code>. What is published
        here is not in that file: <code>signalbox plan</code> would show it as a change, and <code>apply</code> would
        take it back. Put this file in its place, or run <code>signalbox pull</code>.
      </p>
      <div>
        <Button icon={Download} onClick={() => download(document)}>
          Download signalbox.jsonc
        </Button>
      </div>
      <JsonDocument
        label="The whole table"
        value={document}
        errors={errors}
        isReadOnly={!may("config")}
        onValue={take}
      />
    </div>
  );
}

function download(document: TableDocument): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(document, null, 2)}\n`], { type: "application/json" }));
  const link = globalThis.document.createElement("a");
  link.href = url;
  link.download = "signalbox.jsonc";
  link.click();
  URL.revokeObjectURL(url);
}
