// When Voucherify sent nothing to an inlet, and which of the sendouts that its own log shows never arrived.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { useState } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { Select } from "../../components/field.tsx";
import { countOf, formatCount } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { CompareLog } from "./compare-log.tsx";

type Report = InferResponseType<typeof admin.upstream.gap.$get, 200>;

/** The report on one of the inlets. */
export function GapReport({ inlets }: { inlets: readonly string[] }) {
  const [inlet, setInlet] = useState(inlets[0] ?? "");
  const { data, error, refetch } = useQuery({
    queryKey: ["upstream", "gap", inlet],
    queryFn: async ({ signal }) => answerOf(admin.upstream.gap.$get({ query: { inlet } }, { init: { signal } })),
    enabled: inlet !== "",
    staleTime: 60_000,
  });
  if (inlet === "") return null;
  return (
    <Panel
      title="What is missing"
      actions={
        inlets.length > 1 && (
          <Select
            label="Inlet"
            isLabelHidden
            value={inlet}
            options={inlets.map((id) => [id, id] as const)}
            onChoose={setInlet}
          />
        )
      }
    >
      <div class="settings-stack">
        {error !== null && <Failure error={error} onRetry={refetch} />}
        {data === undefined && error === null && <Loading lines={6} />}
        {data !== undefined && <Gaps report={data} />}
        <CompareLog inlet={inlet} isRefusing={(data?.refused.length ?? 0) > 0} />
      </div>
    </Panel>
  );
}

function Gaps({ report: { since, gaps, refused, received } }: { report: Report }) {
  const count = received.reduce((sum, one) => sum + one.count, 0);
  return (
    <>
      <p>
        Since <Time at={since} as="clock" />: {countOf(count, "sendout")} came in within the week that is counted,{" "}
        {gaps.length === 0
          ? "and the webhook was never seen disabled or gone."
          : `with ${countOf(gaps.length, "gap")}.`}
      </p>
      {gaps.length > 0 && (
        <ul class="settings-list">
          {gaps.map(({ beganAfter, beganBefore, endedAt, cause, resendUntil, usual }) => (
            <li key={beganBefore}>
              It was {cause === "disabled" ? "disabled" : "gone"}, from{" "}
              {beganAfter === null ? "some time" : <Time at={beganAfter} as="clock" />} or later, noticed{" "}
              <Time at={beganBefore} as="clock" />,{" "}
              {endedAt === null ? (
                <strong>and still is</strong>
              ) : (
                <>
                  until <Time at={endedAt} as="clock" />
                </>
              )}
              . Voucherify's support can send it again until <Time at={resendUntil} as="clock" />.
              {usual !== null && ` ${describeUsual(usual.events)}`}
            </li>
          ))}
        </ul>
      )}
      {refused.length > 0 && (
        <ul class="settings-list">
          {refused.map(({ kind, since: from, until, count: times }) => (
            <li key={`${kind} ${from}`}>
              {countOf(times, "request")} refused as <code>{kind}</code>, <Time at={from} as="clock" /> to{" "}
              <Time at={until} as="clock" />
            </li>
          ))}
        </ul>
      )}
      {(gaps.length > 0 || refused.length > 0) && (
        <ol class="settings-list">
          <li>
            In Voucherify open Audit log, Webhook sendouts, and filter it by these times and the status failed: each
            line was made and not delivered.
          </li>
          <li>Copy what it shows into the field below, and compare: that says which of it never arrived here.</li>
          <li>
            Voucherify does not say whether it makes sendouts at all while a webhook is disabled: expect that it does
            not. Hold what came in a week before against the project's own redemptions and publications of that time.
          </li>
          <li>
            Retry in Voucherify what is missing. Its support can send again what is no older than 14 days: tell it the
            project, the webhook and the time. What has arrived under the same id is not delivered twice.
          </li>
        </ol>
      )}
    </>
  );
}

/** What came in the same span a week before, by event type. */
function describeUsual(events: NonNullable<Report["gaps"][number]["usual"]>["events"]): string {
  if (events.length === 0) return "A week before, nothing came in at that time.";
  const counts = events.map(({ type, count }) => `${formatCount(count)} ${type ?? "of no known type"}`);
  return `A week before, this came in at that time: ${counts.join(", ")}.`;
}
