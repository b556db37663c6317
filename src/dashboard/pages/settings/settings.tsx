// What a router is set up with and how it is: one section at a time, each with an address of its own.

import type { ComponentType } from "preact";
import { useRoute } from "wouter-preact";
import type { Scope } from "../../../ledger/tokens.ts";
import { may, whyNot } from "../../api/session-state.ts";
import { FilterLinks } from "../../components/filter-links.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { Empty } from "../../components/states.tsx";
import { Alerts } from "./alerts.tsx";
import { Audit } from "./audit.tsx";
import { Cost } from "./cost.tsx";
import { Health } from "./health.tsx";
import { Inlets } from "./inlets.tsx";
import { Retention } from "./retention.tsx";
import { Secrets } from "./secrets.tsx";
import { Tokens } from "./tokens.tsx";
import "./settings.css";

interface Section {
  id: string;
  label: string;
  /** What its calls need. */
  needs: Scope;
  content: ComponentType;
}

/** In the order in which somebody sets a router up, and then looks after it. */
const SECTIONS: readonly [Section, ...Section[]] = [
  { id: "inlets", label: "Inlets", needs: "read", content: Inlets },
  { id: "secrets", label: "Secrets", needs: "secrets", content: Secrets },
  { id: "tokens", label: "Tokens", needs: "admin", content: Tokens },
  { id: "alerts", label: "Alerts", needs: "read", content: Alerts },
  { id: "retention", label: "Retention and privacy", needs: "read", content: Retention },
  { id: "health", label: "Health", needs: "read", content: Health },
  { id: "cost", label: "Cost and limits", needs: "read", content: Cost },
  { id: "audit", label: "Audit log", needs: "admin", content: Audit },
];

/** The page at `/settings` and `/settings/<section>`. */
export function SettingsPage() {
  const [, at] = useRoute("/settings/:section");
  const section = at === null ? SECTIONS[0] : SECTIONS.find(({ id }) => id === at.section);
  return (
    <Page title="Settings">
      <FilterLinks
        label="Sections"
        links={SECTIONS.map(({ id, label }) => ({ href: `/settings/${id}`, label, isCurrent: id === section?.id }))}
      />
      {section === undefined ? (
        <Empty title="There is no such section">It may have been mistyped.</Empty>
      ) : (
        <Shown {...section} />
      )}
    </Page>
  );
}

function Shown({ label, needs, content: Content }: Section) {
  if (may(needs)) return <Content />;
  return (
    <Panel title={label}>
      <p>{whyNot(needs)} Whoever makes tokens can give it to you.</p>
    </Panel>
  );
}
