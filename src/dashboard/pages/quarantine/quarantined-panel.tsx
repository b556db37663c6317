// One of the list, opened: why it is there, what it says, and what can be done with it.

import { X } from "lucide-preact";
import { useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { formatBytes } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Remedy } from "../../components/remedy.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { Actions } from "./actions.tsx";
import { PayloadView } from "./payload-view.tsx";
import { explainReason } from "./reasons.ts";
import { useQuarantined } from "./use-quarantine.ts";

/** The panel beside the list; `backHref` is the list alone. */
export function QuarantinedPanel({ id, backHref }: { id: string; backHref: string }) {
  const [isRevealed, setRevealed] = useState(false);
  const { data, error, refetch } = useQuarantined(id, isRevealed);
  const [, navigate] = useLocation();
  const said = explainReason(data?.reason ?? null);
  return (
    <Panel
      title={data === undefined ? "One of it" : said.said}
      actions={<Button tone="quiet" icon={X} label="Close" onClick={() => navigate(backHref)} />}
    >
      <div class="quarantined">
        {error !== null && <Failure error={error} onRetry={refetch} />}
        {data === undefined && error === null && <Loading lines={8} />}
        {data !== undefined && (
          <>
            {data.detail !== null && <p>{data.detail}</p>}
            {data.state === "quarantined" ? (
              <Remedy>{said.remedy}</Remedy>
            ) : (
              <p>
                It was routed since: <Link href={`/sendouts/${data.id}`}>see what became of it</Link>.
              </p>
            )}
            <Facts>
              <Fact name="State">
                <Badge state={data.discarded === null ? data.state : "discarded"} />
              </Fact>
              <Fact name="Received">
                <Time at={data.receivedAt} as="clock" />
              </Fact>
              <Fact name="Inlet">{data.inlet}</Fact>
              <Fact name="Size">{formatBytes(data.bytes)}</Fact>
              {data.eventType !== null && <Fact name="Event type">{data.eventType}</Fact>}
              <Fact name="Reason">
                <code>{data.reason}</code>
              </Fact>
              <Fact name="Id">
                <code>{data.id}</code>
              </Fact>
            </Facts>
            {data.discarded !== null && (
              <p>
                Discarded <Time at={data.discarded.at} />
                {data.discarded.note !== null && (
                  <>
                    : <q>{data.discarded.note}</q>
                  </>
                )}
              </p>
            )}
            <PayloadView
              title="What arrived"
              payload={data.original ?? data.payload}
              isRevealed={isRevealed}
              onReveal={() => setRevealed(true)}
            />
            {data.original !== null && (
              <PayloadView
                title="As it was corrected"
                payload={data.payload}
                isRevealed={isRevealed}
                onReveal={() => setRevealed(true)}
              />
            )}
            {data.state === "quarantined" && (
              <Actions item={data} text={textOf(data.payload)} onReveal={() => setRevealed(true)} />
            )}
          </>
        )}
      </div>
    </Panel>
  );
}

/** What a correction begins with: the text that is there; nothing where there is none; undefined while it is masked. */
function textOf({ encoding, content }: { encoding: string; content: string | null }): string | undefined {
  if (encoding === "masked") return undefined;
  return encoding === "utf-8" ? (content ?? "") : "";
}
