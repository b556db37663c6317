// The exact request that goes out, as the draft stands now, with what every expression gave and why one gave nothing.

import { FlaskConical, ListChecks } from "lucide-preact";
import { lazy, Suspense } from "preact/compat";
import { useState } from "preact/hooks";
import { ApiError } from "../../api/problem.ts";
import { may, whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Note } from "../../components/note.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { writeJson, type Draft, type Drafted } from "./draft.ts";
import type { PlacedIssues } from "./issue-places.ts";
import { SendTest } from "./send-test.tsx";
import { Trace } from "./trace.tsx";
import { TryLogged } from "./try-logged.tsx";
import type { useEvent } from "./use-event.ts";
import type { Delivery, Question, usePreview } from "./use-preview.ts";

const Editor = lazy(async () => ({ default: (await import("../../editor/editor.tsx")).Editor }));

/** The right part of the builder. */
export function RequestPart({
  draft,
  drafted,
  hasSubject,
  preview,
  issues,
  isRevealed,
  event,
  sendout,
  logged,
  onChoose,
}: {
  draft: Draft;
  drafted: Drafted;
  /** Whether there is an event to make it of. */
  hasSubject: boolean;
  preview: ReturnType<typeof usePreview>;
  issues: PlacedIssues;
  isRevealed: boolean;
  event: string;
  sendout: string;
  logged: ReturnType<typeof useEvent>["logged"];
  onChoose: (event: string, sendout: string) => void;
}) {
  const [isTesting, setTesting] = useState(false);
  const [isTrying, setTrying] = useState(false);
  if (!may("payload"))
    return (
      <p class="quiet">
        The request is made of an event, so seeing it {whyNot("payload")?.replace(/^N/, "n")} Events, fields and recipes
        are yours to look at all the same.
      </p>
    );
  const { delivery, isLast, error, isOnItsWay } = preview;
  const question: Question | undefined = drafted.ok
    ? { sendout: sendout === "" ? { example: event } : { id: sendout }, target: drafted.target }
    : undefined;
  const refused = error instanceof ApiError && error.errors.length > 0;
  const noSubject = hasSubject ? undefined : "There is no example of this event: choose a logged sendout.";
  const why = !hasSubject
    ? noSubject
    : drafted.ok
      ? error === null
        ? undefined
        : "The router refuses it as it is."
      : drafted.message;
  return (
    <div class="builder-stack">
      {!drafted.ok && <Note>{drafted.message}</Note>}
      {drafted.ok && !hasSubject && <Note>{noSubject}</Note>}
      {drafted.ok && refused && <Refused issues={issues} />}
      {drafted.ok && error !== null && !refused && <Failure error={error} />}
      {delivery === undefined ? (
        drafted.ok && hasSubject && error === null && <Loading lines={6} label="Rendering the request" />
      ) : (
        <div
          class={`builder-stack ${isLast || isOnItsWay || !drafted.ok ? "builder-stale" : ""}`}
          aria-busy={isOnItsWay}
        >
          <Shown delivery={delivery} />
        </div>
      )}
      <div class="builder-actions">
        {delivery?.curl !== undefined && delivery.curl !== null && (
          <CopyButton text={delivery.curl} label="Copy as curl" isLabelled tone="plain" />
        )}
        <Button icon={FlaskConical} why={whyNot("payload", "config") ?? why} onClick={() => setTesting(true)}>
          Send a test
        </Button>
        <Button
          icon={ListChecks}
          why={why ?? (logged.length === 0 ? `No ${event} has been logged yet.` : undefined)}
          onClick={() => setTrying(true)}
        >
          Try the logged ones
        </Button>
      </div>
      {isTrying && question !== undefined && (
        <TryLogged {...{ question, isRevealed, logged }} onChoose={(id) => onChoose(event, id)} />
      )}
      {delivery !== undefined && (
        <Trace trace={delivery.trace} own={draft.kind === "recipe" ? Object.values(draft.settings) : undefined} />
      )}
      {isTesting && question !== undefined && delivery?.request && (
        <SendTest
          question={question}
          to={delivery.request.url}
          method={delivery.request.method}
          onClose={() => setTesting(false)}
        />
      )}
    </div>
  );
}

/** What the router does not take, in words: the places are marked in the template. */
function Refused({ issues }: { issues: PlacedIssues }) {
  const places = [
    ...issues.url.map(({ message }) => ["URL", message] as const),
    ...[...issues.headers].map(([name, message]) => [`Header ${name}`, message] as const),
    ...issues.body.map(({ message }) => ["Body", message] as const),
    ...[...issues.settings].map(([name, message]) => [name, message] as const),
    ...[...issues.secrets].map(([name, message]) => [name, message] as const),
    ...issues.auth.map((message) => ["Authentication", message] as const),
    ...issues.others.map(({ path, message }) => [path, message] as const),
  ];
  return (
    <Note mood="bad" role="status">
      <strong>The router does not take this yet.</strong>
      <ul class="builder-list">
        {places.map(([place, message]) => (
          <li key={`${place} ${message}`}>
            {place}: {message}
          </li>
        ))}
      </ul>
    </Note>
  );
}

function Shown({ delivery: { request, error } }: { delivery: Delivery }) {
  if (request === null) {
    return (
      <Note mood="bad" role="status">
        <strong>This event makes no request.</strong>
        <p>{error?.detail ?? "It is not to be seen."}</p>
        {error !== null && <p class="quiet mono">{error.code}</p>}
      </Note>
    );
  }
  const { method, url, headers, body } = request;
  return (
    <>
      <p class="builder-request-line mono">
        <strong>{method}</strong> {url}
      </p>
      <dl class="builder-request-headers mono">
        {Object.entries(headers).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {body === null ? (
        <p class="quiet">It has no body.</p>
      ) : typeof body === "string" ? (
        <pre class="builder-code">{body}</pre>
      ) : (
        <Suspense fallback={<Loading lines={4} />}>
          <Editor label="Body as it is sent" value={writeJson(body)} isReadOnly />
        </Suspense>
      )}
    </>
  );
}
