// When Voucherify sent nothing to an inlet, and which of the sendouts that its own log shows never arrived.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { useState } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { Button } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Select, TextArea } from "../../components/field.tsx";
import { countOf, formatCount } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { useAct } from "../../api/use-act.ts";

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
        {data === undefined && error === null && <Loading />}
        {data !== undefined && <Gaps report={data} />}
        <LookUp inlet={inlet} />
      </div>
    </Panel>
  );
}

function Gaps({ report: { since, gaps, refused, received, steps } }: { report: Report }) {
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
              {usual !== null &&
                ` A week before, ${formatCount(usual.events.reduce((sum, one) => sum + one.count, 0))} came in that time.`}
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
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
    </>
  );
}

/** Which ids of a pasted text never arrived. */
function LookUp({ inlet }: { inlet: string }) {
  const [text, setText] = useState("");
  const looking = useAct({
    mutationFn: async () => answerOf(admin.upstream.gap.$post({ json: { sendouts: text, inlet } })),
  });
  const found = looking.data;
  return (
    <>
      <TextArea
        label="Voucherify's log, pasted"
        rows={3}
        value={text}
        onText={setText}
        placeholder="whs_3cb514213daea2aa76 redemption.succeeded failed …"
        hint="Audit log, Webhook sendouts, as it stands there: the ids (whs_…) in it are looked up here."
      />
      <Button
        isBusy={looking.isPending}
        why={text.trim() === "" ? "Paste something first." : undefined}
        onClick={() => looking.mutate()}
      >
        Find what never arrived
      </Button>
      {looking.error !== null && <Failure error={looking.error} />}
      {found !== undefined && (
        <div role="status" class="settings-stack">
          <p>
            {found.missing.length === 0
              ? `All ${formatCount(found.asked)} have arrived.`
              : `${formatCount(found.missing.length)} of ${formatCount(found.asked)} never arrived. Retry each in Voucherify's log, or have its support send them again.`}
          </p>
          {found.missing.length > 0 && (
            <p class="settings-copied">
              <code>{found.missing.join(" ")}</code>
              <CopyButton text={found.missing.join("\n")} label="Copy the ids" tone="plain" isLabelled />
            </p>
          )}
        </div>
      )}
    </>
  );
}
