// Routes and targets: the routing table as a picture and as forms, the draft of the next one, and every version there was.

import { History, PencilLine, Plus, Waypoints } from "lucide-preact";
import { Link, Route, Switch, useLocation } from "wouter-preact";
import { may, whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { Note } from "../../components/note.tsx";
import { Page } from "../../components/page.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { countOf } from "../../components/numbers.ts";
import { AddPart } from "./add-part.tsx";
import { DraftBar } from "./draft-bar.tsx";
import { DraftPage } from "./draft-page.tsx";
import { changes } from "./draft.ts";
import { TableMap } from "./table-map.tsx";
import { VersionList } from "./version-list.tsx";
import { VersionPage } from "./version-page.tsx";
import { useWorking, type Working } from "./working.ts";
import "../../components/tabs.css";
import "./table.css";

/** The page at `/table`, and below it. */
export function TablePage() {
  const { working, error, onRetry } = useWorking();
  return (
    <Page
      title="Routes and targets"
      lead="Which events go where. Edits gather in a draft; nothing changes until it is published."
      actions={
        working === undefined ? (
          <Button icon={Plus} why="The table has not been read yet.">
            Add
          </Button>
        ) : (
          <AddPart working={working} />
        )
      }
    >
      <div class="table-page">
        <Sections />
        {!may("config") && (
          <Note mood="info">You can look at everything here and change nothing. {whyNot("config")}</Note>
        )}
        {working === undefined ? (
          error === null || error === undefined ? (
            <Loading lines={8} />
          ) : (
            <Failure error={error} onRetry={onRetry} />
          )
        ) : (
          <Shown working={working} />
        )}
      </div>
    </Page>
  );
}

function Shown({ working }: { working: Working }) {
  return (
    <>
      <DraftBar working={working} />
      <Switch>
        <Route path="/table/draft">
          <DraftPage working={working} />
        </Route>
        <Route path="/table/versions">
          <VersionList inForce={working.inForce} />
        </Route>
        <Route path="/table/versions/:version">
          {({ version }) => <VersionPage version={Number(version)} inForce={working.inForce} />}
        </Route>
        <Route path="/table/*?">
          <TableMap working={working} />
        </Route>
      </Switch>
    </>
  );
}

function Sections() {
  const [path] = useLocation();
  const isDraft = path === "/table/draft";
  const isVersions = path.startsWith("/table/versions");
  const count = changes.value.length;
  return (
    <nav class="tabs-list" aria-label="Parts of this page">
      <Link href="/table" className="tabs-trigger" aria-current={isDraft || isVersions ? undefined : "page"}>
        <Waypoints size={16} aria-hidden="true" />
        Table
      </Link>
      <Link href="/table/draft" className="tabs-trigger" aria-current={isDraft ? "page" : undefined}>
        <PencilLine size={16} aria-hidden="true" />
        Draft{count > 0 && <span class="quiet"> {countOf(count, "change")}</span>}
      </Link>
      <Link href="/table/versions" className="tabs-trigger" aria-current={isVersions ? "page" : undefined}>
        <History size={16} aria-hidden="true" />
        Versions
      </Link>
    </nav>
  );
}
