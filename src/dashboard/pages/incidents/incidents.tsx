// What somebody should look at: what is wrong, what helps, and the word that somebody is at it or has dealt with it.

import { CircleCheck } from "lucide-preact";
import { useState } from "preact/hooks";
import { useSearchParams } from "wouter-preact";
import { useIncidents, type Incident, type IncidentQuery } from "../../api/incidents.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { FilterLinks } from "../../components/filter-links.tsx";
import { countOf } from "../../components/numbers.ts";
import { Page } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { IncidentCard } from "./incident-card.tsx";
import "./incidents.css";

const VIEWS = [
  ["open", "Open"],
  ["acknowledged", "Acknowledged"],
  ["resolved", "Resolved"],
  ["all", "All"],
] as const;
type View = (typeof VIEWS)[number][0];

/** How many stand in the page at once; a button shows more. */
const SHOWN = 50;

/** The page at `/incidents`. */
export function Incidents() {
  const [search] = useSearchParams();
  const about = aboutOf(search);
  // A link to one incident shows it whatever became of it.
  const view = viewOf(search.get("state")) ?? (about === undefined ? "open" : "all");
  const query = { ...about, ...(view !== "all" && { state: view }) };
  return (
    <Page
      title="Incidents"
      lead="What somebody should look at: one for each thing that is wrong, however often it happens."
    >
      <div class="incidents-bar">
        <FilterLinks
          label="Incidents by state"
          links={VIEWS.map(([of, label]) => ({
            href: `/incidents?${new URLSearchParams({ ...about, state: of }).toString()}`,
            label,
            isCurrent: of === view,
          }))}
        />
        {about !== undefined && (
          <p>
            Only <strong>{[about.kind, about.subject].filter((part) => part !== undefined).join(": ")}</strong>.{" "}
            <ButtonLink href="/incidents" tone="quiet">
              Show all
            </ButtonLink>
          </p>
        )}
      </div>
      <List view={view} query={query} />
    </Page>
  );
}

function List({ view, query }: { view: View; query: IncidentQuery }) {
  const { data, error, refetch } = useIncidents(query);
  const [shown, setShown] = useState(SHOWN);
  if (data === undefined) return error === null ? <Loading lines={6} /> : <Failure error={error} onRetry={refetch} />;
  const incidents = data.incidents.toSorted((one, other) => rank(one) - rank(other));
  const hidden = incidents.length - shown;
  return (
    <>
      {error !== null && <Failure error={error} onRetry={refetch} />}
      {incidents.length === 0 && <None view={view} />}
      <ul class="incidents">
        {incidents.slice(0, shown).map((incident) => (
          <li key={`${incident.kind} ${incident.subject}`}>
            <IncidentCard incident={incident} />
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <Button onClick={() => setShown(shown + SHOWN)}>Show more ({countOf(hidden, "incident")} hidden)</Button>
      )}
    </>
  );
}

/** What is open comes first, the worst of it before the rest; the order within is the router's. */
function rank({ state, severity }: Incident): number {
  const worst = { critical: 0, warning: 1, info: 2 }[severity];
  return state === "resolved" ? 3 : worst;
}

function None({ view }: { view: View }) {
  if (view === "open") {
    return (
      <Empty icon={CircleCheck} title="Nothing is open">
        What goes wrong opens an incident here by itself, and most end by themselves as well.
      </Empty>
    );
  }
  return (
    <Empty title={view === "all" ? "There has been no incident" : `No incident is ${view}`}>
      Resolved ones are kept as long as sendouts are.
    </Empty>
  );
}

function viewOf(text: string | null): View | undefined {
  return VIEWS.find(([view]) => view === text)?.[0];
}

function aboutOf(search: URLSearchParams): { kind?: string; subject?: string } | undefined {
  const kind = search.get("kind");
  const subject = search.get("subject");
  return kind === null && subject === null
    ? undefined
    : { ...(kind !== null && { kind }), ...(subject !== null && { subject }) };
}
