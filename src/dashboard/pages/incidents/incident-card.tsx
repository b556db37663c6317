// One incident: in words, with what helps, where to look, who was told, and what people say of it.

import { Link } from "wouter-preact";
import { useState } from "preact/hooks";
import { BellRing, Check, Eye, ListFilter } from "lucide-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { ALERTS_READ, useAlerts } from "../../api/alerts.ts";
import type { Incident } from "../../api/incidents.ts";
import { forget } from "../../api/queries.ts";
import { whyNot } from "../../api/session-state.ts";
import { AlertList } from "../../components/alert-list.tsx";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { formatCount } from "../../components/numbers.ts";
import { Remedy } from "../../components/remedy.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { tell } from "../../components/toasts.tsx";
import { placesOf, sendoutsAddress } from "./places.ts";

/** An incident as a card. */
export function IncidentCard({ incident }: { incident: Incident }) {
  const { severity, title, state, openedAt, lastSeenAt, count, detail, remedy, cause } = incident;
  return (
    <article class={`incident ${state === "resolved" ? "is-over" : `incident-${severity}`}`}>
      <header>
        <h2>{title}</h2>
        <Badge state={state} />
        <Badge state={severity} />
      </header>
      <p>{detail}</p>
      {remedy !== null && state !== "resolved" && <Remedy>{remedy}</Remedy>}
      <Facts>
        <Fact name="Since">
          <Time at={openedAt} />
        </Fact>
        <Fact name="Seen last">
          <Time at={lastSeenAt} />
        </Fact>
        <Fact name="Times">{formatCount(count)}</Fact>
        {cause !== null && (
          <Fact name="Cause">
            <Cause {...cause} />
          </Fact>
        )}
        <Fact name="Where">
          <Places incident={incident} />
        </Fact>
        <Fact name="Kind">
          <code>{incident.kind}</code>
        </Fact>
      </Facts>
      <Word incident={incident} />
      <Actions incident={incident} />
    </article>
  );
}

function Cause({ reason, status, message }: NonNullable<Incident["cause"]>) {
  return (
    <>
      <code>{reason}</code>
      {status !== null && `, answered ${status}`}
      {message !== "" && `: ${message}`}
    </>
  );
}

function Places({ incident }: { incident: Incident }) {
  const places = placesOf(incident);
  if (places.length === 0) return <>{incident.subject}</>;
  return (
    <span class="incident-places">
      {places.map(({ href, label }) => (
        <Link key={href} href={href}>
          {label}
        </Link>
      ))}
    </span>
  );
}

/** What people have said of it. */
function Word({ incident }: { incident: Incident }) {
  const { state, acknowledgedAt, acknowledgedBy, resolvedAt, resolvedBy, resolvedByName, note } = incident;
  if (acknowledgedAt === null && resolvedAt === null) return null;
  return (
    <p class="incident-word">
      {acknowledgedAt !== null && (
        <>
          {acknowledgedBy ?? "Somebody"} {state === "resolved" ? "was" : "is"} at it since{" "}
          <Time at={acknowledgedAt} as="clock" />.{" "}
        </>
      )}
      {resolvedAt !== null && (
        <>
          {resolvedBy === "itself" ? "It ended by itself" : `Resolved by ${resolvedByName ?? "somebody"}`}{" "}
          <Time at={resolvedAt} />.{" "}
        </>
      )}
      {note !== null && <q>{note}</q>}
    </p>
  );
}

function Actions({ incident }: { incident: Incident }) {
  const { state, deliveries } = incident;
  const [isTold, setTold] = useState(false);
  return (
    <>
      <div class="incident-actions">
        {state === "open" && (
          <Button icon={Eye} why={whyNot("replay")} onClick={() => askWord(incident, "acknowledge")}>
            Acknowledge
          </Button>
        )}
        {state !== "resolved" && (
          <Button icon={Check} why={whyNot("replay")} onClick={() => askWord(incident, "resolve")}>
            Resolve
          </Button>
        )}
        {deliveries !== null && (
          <ButtonLink icon={ListFilter} href={sendoutsAddress(deliveries)}>
            Deliveries affected
          </ButtonLink>
        )}
        <Button tone="quiet" icon={BellRing} aria-expanded={isTold} onClick={() => setTold(!isTold)}>
          Who was told
        </Button>
      </div>
      {isTold && <Told incident={incident} />}
    </>
  );
}

/** The messages about it, as far as they are among the newest. */
function Told({ incident: { kind, subject } }: { incident: Incident }) {
  const { data, error, refetch } = useAlerts();
  if (data === undefined) return error === null ? <Loading /> : <Failure error={error} onRetry={refetch} />;
  const alerts = data.alerts.filter((alert) => alert.kind === kind && alert.subject === subject);
  if (alerts.length > 0) {
    return (
      <div class="incident-told">
        <AlertList alerts={alerts} />
      </div>
    );
  }
  return (
    <p class="quiet">
      {data.next === null ? "Nobody was told" : `None of the newest ${ALERTS_READ} messages is about it`}.{" "}
      <Link href="/settings/alerts">Alerts</Link> say who is told of what.
    </p>
  );
}

const WORDS = {
  acknowledge: {
    title: "Acknowledge this incident?",
    said: "Others see that you are at it, and nobody is reminded of it any more.",
    verb: "Acknowledge",
    done: "Acknowledged",
  },
  resolve: {
    title: "Resolve this incident?",
    said: "It opens again by itself when it happens again; what the watchdog sees go on, after an hour.",
    verb: "Resolve",
    done: "Resolved",
  },
} as const;

function askWord({ kind, subject, title }: Incident, word: keyof typeof WORDS): void {
  const { title: question, said, verb, done } = WORDS[word];
  ask({
    title: question,
    children: (
      <>
        <p>{title}</p>
        <p class="quiet">{said}</p>
      </>
    ),
    verb,
    note: "What others should know (may be left empty)",
    run: async (note) => {
      // The client puts parameters into the path as they are.
      const call = admin.incidents[":kind"][":subject"][word];
      await answerOf(
        call.$post({ param: { kind, subject: encodeURIComponent(subject) }, json: note === "" ? {} : { note } }),
      );
      await forget("incidents");
      tell({ title: done, description: title });
    },
  });
}
