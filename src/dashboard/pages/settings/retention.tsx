// What is kept for how long, how far the purge has come, what is masked for whom; and a customer's data to be deleted.

import { may } from "../../api/session-state.ts";
import { useTable } from "../../api/table.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { countOf } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { Deletions } from "./deletions.tsx";
import { useHealth } from "./read-health.ts";
import { readSettings } from "./table-settings.ts";

/** The section. */
export function Retention() {
  const { data, error, refetch } = useTable();
  return (
    <>
      {error !== null && <Failure error={error} onRetry={refetch} />}
      {data === undefined ? error === null && <Loading lines={6} /> : <Kept document={data.document} />}
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

function Kept({ document }: { document: { [key: string]: unknown } }) {
  const { retention, masking } = readSettings(document);
  const { bodyDays, metadataDays, auditDays } = retention;
  const { data: health } = useHealth();
  const { bodiesPurgedUpTo, metadataPurgedUpTo, trouble } = health?.retention ?? {};
  return (
    <div class="settings-columns">
      <Panel title="Kept for" actions={<ButtonLink href="/table">Edit the table</ButtonLink>}>
        <div class="settings-stack">
          <Facts isStacked>
            <Fact name="Payloads, requests, answers">
              {countOf(bodyDays, "day")}
              {bodiesPurgedUpTo && (
                <span class="quiet">
                  ; gone up to <Time at={bodiesPurgedUpTo} as="clock" />
                </span>
              )}
            </Fact>
            <Fact name="That a sendout came, and what became of it">
              {countOf(metadataDays, "day")}
              {metadataPurgedUpTo && (
                <span class="quiet">
                  ; gone up to <Time at={metadataPurgedUpTo} as="clock" />
                </span>
              )}
            </Fact>
            <Fact name="Audit log">{countOf(auditDays, "day")}</Fact>
          </Facts>
          {trouble && <p class="settings-trouble">The purge does not go on: {trouble}</p>}
        </div>
      </Panel>
      <Panel title="Masked">
        <div class="settings-stack">
          <p>
            With payload: masked, and all of it where it is revealed, which the audit log notes. Without payload:{" "}
            {masking.show === "masked" ? "masked" : "nothing of payloads, requests and answers"}.
          </p>
          <ul class="settings-paths">
            {masking.paths.map((path) => (
              <li key={path}>
                <code>{path}</code>
              </li>
            ))}
          </ul>
        </div>
      </Panel>
    </div>
  );
}
