// What is kept for how long, how far the purge has come, what is masked for whom; and a customer's data to be deleted.

import { may } from "../../api/session-state.ts";
import { Fact, Facts } from "../../components/facts.tsx";
import { countOf } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import type { Working } from "../table/working.ts";
import { Deletions } from "./deletions.tsx";
import { DraftNote } from "./draft-note.tsx";
import { EditSection } from "./edit-section.tsx";
import { MaskingForm } from "./masking-form.tsx";
import { OnTable } from "./on-table.tsx";
import { useHealth } from "./read-health.ts";
import { RetentionForm } from "./retention-form.tsx";
import { readSettings } from "./table-settings.ts";

/** The section. */
export function Retention() {
  return (
    <>
      <OnTable loading={<Loading lines={6} />}>{(working) => <Kept working={working} />}</OnTable>
      {may("admin") ? (
        <Deletions />
      ) : (
        <Panel title="Delete a customer">
          <p>Needs admin, which you do not have.</p>
        </Panel>
      )}
    </>
  );
}

function Kept({ working }: { working: Working }) {
  return (
    <>
      <DraftNote section="retention" working={working} />
      <DraftNote section="masking" working={working} />
      <div class="settings-columns">
        <KeptFor working={working} />
        <Masked working={working} />
      </div>
    </>
  );
}

function KeptFor({ working }: { working: Working }) {
  const { bodyDays, metadataDays, auditDays } = readSettings(working.inForce.document).retention;
  const { data: health } = useHealth();
  const { bodiesPurgedUpTo, metadataPurgedUpTo, trouble } = health?.retention ?? {};
  return (
    <Panel
      title="Kept for"
      actions={
        <EditSection section="retention" title="How long things are kept" working={working}>
          {(form) => <RetentionForm form={form} />}
        </EditSection>
      }
    >
      <div class="settings-stack">
        <Facts isStacked>
          <Fact name="Payloads, requests, answers">
            {countOf(bodyDays, "day")}
            <GoneUpTo at={bodiesPurgedUpTo} />
          </Fact>
          <Fact name="That a sendout came, and what became of it">
            {countOf(metadataDays, "day")}
            <GoneUpTo at={metadataPurgedUpTo} />
          </Fact>
          <Fact name="Audit log">{countOf(auditDays, "day")}</Fact>
        </Facts>
        {trouble && <p class="settings-trouble">The purge does not go on: {trouble}</p>}
      </div>
    </Panel>
  );
}

/** How far the purge has come; nothing before it has begun. */
function GoneUpTo({ at }: { at: string | null | undefined }) {
  if (!at) return null;
  return (
    <span class="quiet">
      ; gone up to <Time at={at} as="clock" />
    </span>
  );
}

function Masked({ working }: { working: Working }) {
  const { show, paths } = readSettings(working.inForce.document).masking;
  return (
    <Panel
      title="Masked"
      actions={
        <EditSection section="masking" title="What is masked" working={working}>
          {(form) => <MaskingForm form={form} />}
        </EditSection>
      }
    >
      <div class="settings-stack">
        <p>
          With payload: masked, and all of it where it is revealed, which the audit log notes. Without payload:{" "}
          {show === "masked" ? "masked" : "nothing of payloads, requests and answers"}.
        </p>
        <ul class="settings-paths">
          {paths.map((path) => (
            <li key={path}>
              <code>{path}</code>
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}
