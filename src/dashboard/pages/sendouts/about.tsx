// What is known of a sendout beside what it says: its ids, where it came in, what proved it, when.

import { Link } from "wouter-preact";
import { CopyButton } from "../../components/copy-button.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { formatBytes } from "../../components/numbers.ts";
import { Time } from "../../components/time.tsx";
import { writeFilter, type SendoutFilter } from "./filter.ts";
import type { WholeSendout } from "./use-sendout.ts";

/** The facts. Those that others may share lead to the list of these. */
export function About({ sendout }: { sendout: WholeSendout }) {
  const { event, source, signature, repeats, receivedAt, inlet, tableVersion } = sendout;
  return (
    <Facts isStacked>
      <Id name="Sendout" id={sendout.id} />
      <Id name="Accepted as" id={sendout.acceptedId} />
      {sendout.sendoutRef !== null && <Id name="Voucherify's id" id={sendout.sendoutRef} />}
      {event !== null && event.id !== null && <Id name="Event" id={event.id} />}
      {event !== null && event.groupId !== null && (
        <Id name="Group" id={event.groupId} others={{ group: event.groupId }} />
      )}
      <Fact name="Received">
        <Time at={receivedAt} as="clock" />
      </Fact>
      {event !== null && event.occurredAt !== null && (
        <Fact name="Happened">
          <Time at={event.occurredAt} as="clock" />
        </Fact>
      )}
      <Fact name="Inlet">
        <Others filter={{ inlet }}>{inlet}</Others>
      </Fact>
      <Fact name="Signed with">
        {signature === null ? (
          "nothing: its inlet wants no signature"
        ) : (
          <>
            <code>{signature.secret}</code> {signature.form !== null && `(${signature.form} form)`}
          </>
        )}
      </Fact>
      {source !== null && (
        <Fact name="Source">
          {source.kind ?? "source"} <Others filter={{ source: source.id }}>{source.id}</Others>
        </Fact>
      )}
      {sendout.projectId !== null && <Id name="Project" id={sendout.projectId} />}
      <Fact name="Payload">
        {[formatBytes(sendout.bytes), sendout.payloadVersion, sendout.shape].filter((part) => part !== null).join(", ")}
      </Fact>
      <Fact name="Routed by">
        {tableVersion === null ? (
          "no table"
        ) : (
          <Link href={`/table/versions/${tableVersion}`}>version {tableVersion} of the table</Link>
        )}
      </Fact>
      <Fact name="Repeats">
        <Repeats repeats={repeats} dedupe={sendout.dedupe} />
      </Fact>
    </Facts>
  );
}

function Repeats({ repeats, dedupe }: Pick<WholeSendout, "repeats" | "dedupe">) {
  if (dedupe === "skipped") return <>not looked for: the database did not answer then</>;
  if (repeats.length === 0) return <>none: it has arrived once</>;
  return (
    <ul>
      {repeats.map(({ acceptedId, receivedAt, same }) => (
        <li key={acceptedId}>
          <Time at={receivedAt} as="clock" /> {same ? "the same bytes" : "with another body"}
        </li>
      ))}
    </ul>
  );
}

function Id({ name, id, others }: { name: string; id: string; others?: SendoutFilter }) {
  return (
    <Fact name={name}>
      <span class="about-id mono">
        {others === undefined ? id : <Others filter={others}>{id}</Others>}
        <CopyButton text={id} label={`Copy: ${name}`} />
      </span>
    </Fact>
  );
}

function Others({ filter, children }: { filter: SendoutFilter; children: string }) {
  return (
    <Link href={`/sendouts${writeFilter(filter)}`} title="All with the same">
      {children}
    </Link>
  );
}
