// One inlet: its URL, its secrets, when it last accepted and refused something, and the steps in Voucherify.

import { useQuery } from "@tanstack/preact-query";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { useIncidents } from "../../api/incidents.ts";
import { LIVE_MS } from "../../api/queries.ts";
import type { Inlet } from "../../api/table-parts.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { Panel } from "../../components/page.tsx";
import { Time } from "../../components/time.tsx";

/** Kinds of incidents that say that an inlet has refused something. */
const REFUSALS: ReadonlySet<string> = new Set(["signature_refused", "sender_unproven"]);

/** The panel of one. */
export function InletPanel({
  inlet: { id, url, secrets },
  steps,
}: {
  inlet: Inlet;
  /** What to do in Voucherify; undefined until that is known. */
  steps: readonly string[] | undefined;
}) {
  return (
    <Panel
      title={`Inlet ${id}`}
      actions={
        <ButtonLink href={`/sendouts?${new URLSearchParams({ inlet: id }).toString()}`}>Its sendouts</ButtonLink>
      }
    >
      <div class="settings-stack">
        <p class="settings-copied">
          <code>{url}</code>
          <CopyButton text={url} label="Copy the URL" tone="plain" isLabelled />
        </p>
        <Facts>
          <Fact name="Last accepted">
            <LastAccepted inlet={id} />
          </Fact>
          <Fact name="Last refused">
            <LastRefused inlet={id} />
          </Fact>
          {secrets.map(({ name, set }) => (
            <Fact key={name} name={name}>
              <Badge state={set ? "set" : "not set"} mood={set ? "good" : "bad"} />
            </Fact>
          ))}
        </Facts>
        {secrets
          .filter(({ set }) => !set)
          .map(({ name }) => (
            <p key={name} class="settings-trouble">
              {name} is not set on this Worker: <code>npx wrangler secret put {name}</code>
            </p>
          ))}
        {steps !== undefined && steps.length > 0 && (
          <details class="settings-steps">
            <summary>Point Voucherify at it, step by step</summary>
            <ol>
              {steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
          </details>
        )}
        {steps?.length === 0 && (
          <p class="quiet">No route takes anything that comes here yet, so there is nothing to tick.</p>
        )}
      </div>
    </Panel>
  );
}

function LastAccepted({ inlet }: { inlet: string }) {
  const { data } = useQuery({
    queryKey: ["sendouts", "last", inlet],
    queryFn: async ({ signal }) =>
      answerOf(admin.sendouts.$get({ query: { inlet, limit: "1" } }, { init: { signal } })),
    refetchInterval: LIVE_MS,
  });
  const newest = data?.sendouts[0];
  if (newest !== undefined) return <Time at={newest.receivedAt} />;
  return <span class="quiet">{data === undefined ? "…" : "nothing yet"}</span>;
}

/** By the incident that a refusal opens; it stays for as long as sendouts do. */
function LastRefused({ inlet }: { inlet: string }) {
  const { data } = useIncidents({ subject: inlet });
  const [last] = (data?.incidents ?? [])
    .filter(({ kind }) => REFUSALS.has(kind))
    .toSorted((one, other) => other.lastSeenAt.localeCompare(one.lastSeenAt));
  if (last === undefined) return <span class="quiet">{data === undefined ? "…" : "nothing known"}</span>;
  const { kind, subject, lastSeenAt } = last;
  return (
    <Link href={`/incidents?${new URLSearchParams({ kind, subject }).toString()}`}>
      <Time at={lastSeenAt} />
    </Link>
  );
}
