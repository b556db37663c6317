// One version of the table: what it changed, what differs from any other, and the way back to it.

import { ArrowLeft, RotateCcw } from "lucide-preact";
import { useMemo } from "preact/hooks";
import { Link, useLocation, useSearch } from "wouter-preact";
import { diffTables } from "../../../routing/diff-tables.ts";
import type { TableDocument } from "../../../routing/edit-table.ts";
import { whyNot } from "../../api/session-state.ts";
import { useTableVersion, type TableVersion } from "../../api/table.ts";
import { nameOfActor } from "../../components/actors.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { TextField } from "../../components/field.tsx";
import { Panel } from "../../components/page.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { ChangeList } from "./change-list.tsx";
import { Documents } from "./documents.tsx";
import { rollBack } from "./publish.ts";

/** The page of a version. What it is compared with stands in the URL: the one before it when nothing is said. */
export function VersionPage({ version, inForce }: { version: number; inForce: TableVersion }) {
  const shown = useTableVersion(version);
  if (shown.error !== null) return <Failure error={shown.error} onRetry={shown.refetch} />;
  if (shown.data === undefined) return <Loading lines={6} />;
  const { document, publishedAt, by, note } = shown.data;
  return (
    <div class="version-page">
      <Link href="/table/versions" className="version-back">
        <ArrowLeft size={16} aria-hidden="true" /> All versions
      </Link>
      <header>
        <h2>{version === 0 ? "The built-in table" : `Version ${version}`}</h2>
        {version === inForce.version ? (
          <Badge state="in force" mood="good" />
        ) : (
          <Button icon={RotateCcw} why={whyNot("config")} onClick={() => askToRollBack({ version, document }, inForce)}>
            Put it in force again
          </Button>
        )}
      </header>
      {version > 0 && (
        <p>
          Published {publishedAt !== null && <Time at={publishedAt} as="clock" />} by {nameOfActor(by)}
          {note !== null && note !== "" && <>: {note}</>}
        </p>
      )}
      <Compared version={version} document={document} inForce={inForce} />
    </div>
  );
}

interface VersionDocument {
  version: number;
  document: TableDocument;
}

function Compared({ version, document, inForce }: VersionDocument & { inForce: TableVersion }) {
  const [, navigate] = useLocation();
  const asked = new URLSearchParams(useSearch()).get("against");
  const against = asked !== null && /^\d{1,9}$/.test(asked) ? Number(asked) : version - 1;
  const other = useTableVersion(against < 0 ? undefined : against);
  const isNewer = against > version;
  const [before, after] = isNewer ? [document, other.data?.document] : [other.data?.document, document];
  const found = useMemo(
    () => (before === undefined || after === undefined ? undefined : diffTables(before, after)),
    [before, after],
  );
  return (
    <>
      <div class="version-against">
        <TextField
          label="Compared with version"
          inputMode="numeric"
          value={against < 0 ? "" : String(against)}
          hint={`0 is the built-in table, ${inForce.version} is in force`}
          onText={(text) => {
            if (/^\d{1,9}$/.test(text)) navigate(`/table/versions/${version}?against=${text}`, { replace: true });
          }}
        />
      </div>
      {other.error !== null && <Failure error={other.error} />}
      {found !== undefined && before !== undefined && after !== undefined && (
        <>
          <Panel
            title={
              isNewer
                ? `What version ${against} changed since`
                : against === version - 1
                  ? "What it changed"
                  : `What changed since version ${against}`
            }
          >
            <ChangeList changes={found} />
          </Panel>
          <Panel title="The documents">
            <Documents before={before} after={after} />
          </Panel>
        </>
      )}
    </>
  );
}

function askToRollBack({ version, document }: VersionDocument, inForce: TableVersion): void {
  ask({
    title: `Put ${version === 0 ? "the built-in table" : `version ${version}`} in force again?`,
    children: (
      <>
        <p>Its table is published as version {inForce.version + 1}, which changes what is in force like this:</p>
        <ChangeList changes={diffTables(inForce.document, document)} />
      </>
    ),
    verb: "Put in force",
    note: "Why (stands in the list of versions)",
    run: async (note) => rollBack(version, inForce.version, note),
  });
}
