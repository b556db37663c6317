// The draft tried against the newest logged sendouts, one after another: which of them make no request, and which leave
// expressions without a value.

import { useEffect, useState } from "preact/hooks";
import { asApiError } from "../../api/problem.ts";
import { Badge } from "../../components/badge.tsx";
import { Time } from "../../components/time.tsx";
import { askPreview, type Question } from "./use-preview.ts";

/** How many are tried: enough to see what differs, few enough to wait for. */
const TRIED_MAX = 10;

interface Tried {
  id: string;
  receivedAt: string;
  /** Undefined while it is on its way. */
  outcome: { error: string | null; bare: readonly string[] } | undefined;
}

/** The list, which fills up. Another draft is tried from the start. */
export function TryLogged({
  question,
  isRevealed,
  logged,
  onChoose,
}: {
  question: Question;
  isRevealed: boolean;
  logged: readonly { id: string; receivedAt: string }[];
  onChoose: (id: string) => void;
}) {
  const [tried, setTried] = useState<readonly Tried[]>([]);
  const target = JSON.stringify(question.target);
  useEffect(() => {
    const leaving = new AbortController();
    void tryAll(question, isRevealed, logged.slice(0, TRIED_MAX), leaving.signal, setTried);
    return () => leaving.abort();
  }, [target, isRevealed, logged[0]?.id]);
  return (
    <section class="builder-stack" aria-label="Logged sendouts">
      <h3>The newest logged sendouts</h3>
      <ul class="builder-tried">
        {tried.map(({ id, receivedAt, outcome }) => (
          <li key={id}>
            <button type="button" onClick={() => onChoose(id)}>
              <Time at={receivedAt} as="clock" />
              {outcome === undefined ? <span class="quiet">…</span> : <Outcome {...outcome} />}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Outcome({ error, bare }: { error: string | null; bare: readonly string[] }) {
  if (error !== null)
    return (
      <>
        <Badge state="failed">no request</Badge>
        <span>{error}</span>
      </>
    );
  if (bare.length === 0) return <Badge state="delivered">complete</Badge>;
  return (
    <>
      <Badge state="warning">{`${bare.length} without a value`}</Badge>
      <code class="cut">{bare.join(", ")}</code>
    </>
  );
}

async function tryAll(
  question: Question,
  isRevealed: boolean,
  logged: readonly { id: string; receivedAt: string }[],
  signal: AbortSignal,
  tell: (tried: Tried[]) => void,
): Promise<void> {
  const tried: Tried[] = logged.map(({ id, receivedAt }) => ({ id, receivedAt, outcome: undefined }));
  for (const one of tried) {
    if (signal.aborted) return;
    tell([...tried]);
    one.outcome = await outcomeOf({ ...question, sendout: { id: one.id } }, isRevealed, signal);
  }
  if (!signal.aborted) tell([...tried]);
}

async function outcomeOf(question: Question, isRevealed: boolean, signal: AbortSignal): Promise<Tried["outcome"]> {
  try {
    const { error, trace } = await askPreview(question, isRevealed, signal);
    return {
      error: error?.detail ?? null,
      bare: trace.flatMap(({ expression, empty }) => (empty === undefined ? [] : [expression])),
    };
  } catch (failure) {
    return { error: asApiError(failure).message, bare: [] };
  }
}
