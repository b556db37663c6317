// The attempts of a delivery, one below the other: when, what came back, how long it took, what set it off.

import { describeDuration } from "../../components/instants.ts";
import { Time } from "../../components/time.tsx";
import type { Attempt } from "./use-sendout.ts";

/** The timeline, the oldest first. */
export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <ol class="attempts">
      {attempts.map((attempt) => (
        <li key={attempt.at} class={isTaken(attempt) ? "is-good" : "is-bad"}>
          <p>
            <b>{attempt.status ?? attempt.reason ?? "no answer"}</b> <Time at={attempt.at} as="clock" />{" "}
            <span class="quiet">
              {describeDuration(attempt.ms)}
              {attempt.trigger !== undefined && attempt.trigger !== "automatic" && `, ${TRIGGERS[attempt.trigger]}`}
            </span>
          </p>
          <Said attempt={attempt} />
          <Answer attempt={attempt} />
        </li>
      ))}
    </ol>
  );
}

const TRIGGERS: Readonly<Record<NonNullable<Attempt["trigger"]>, string>> = {
  automatic: "by itself",
  manual: "retried by hand",
  replay: "by a replay",
  resume: "after a pause",
  test: "a test",
};

function isTaken({ status, reason }: Attempt): boolean {
  return status !== undefined && status < 300 && reason === undefined;
}

/** Why it was no success. */
function Said({ attempt: { status, reason, detail, ambiguous } }: { attempt: Attempt }) {
  const words = [
    status === undefined ? undefined : reason,
    detail,
    ambiguous === true ? "the target may have got it all the same" : undefined,
  ];
  const said = words.filter((word) => word !== undefined).join(": ");
  return said === "" ? null : <p class="quiet">{said}</p>;
}

/** What the target answered, as far as it was kept and may be seen. */
function Answer({ attempt: { headers, excerpt } }: { attempt: Attempt }) {
  if (headers === null || excerpt === null)
    return <p class="quiet">Its answer is not shown: it needs the scope payload.</p>;
  if (headers === undefined && excerpt === undefined) return null;
  return (
    <details>
      <summary>Answer</summary>
      {headers !== undefined && (
        <dl class="headers mono">
          {headers.map(([name, value]) => (
            <div key={`${name}: ${value}`}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {excerpt !== undefined && <pre class="payload">{excerpt === "" ? "(empty)" : excerpt}</pre>}
    </details>
  );
}
