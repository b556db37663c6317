// One replay: its plan before it runs, how far it has come while it does, what became of it.

import { CircleStop, Play } from "lucide-preact";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { asApiError } from "../../api/problem.ts";
import { forget } from "../../api/queries.ts";
import { useReplay, type WholeReplay } from "../../api/replays.ts";
import { whyNot } from "../../api/session-state.ts";
import { nameOfActor } from "../../components/actors.ts";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { Note } from "../../components/note.tsx";
import { countOf } from "../../components/numbers.ts";
import { Page, Panel } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { tellError } from "../../components/toasts.tsx";
import { PlanView } from "./plan-view.tsx";
import { ProgressView } from "./progress-view.tsx";
import { addressOf, wordsOf } from "./selection-words.ts";
import { useAct } from "../../api/use-act.ts";
import "./replays.css";

/** The page of a replay. */
export function ReplayPage({ id }: { id: string }) {
  const { data: replay, error, refetch } = useReplay(id);
  if (replay === undefined) {
    return (
      <Page title="Replay">
        {error === null ? <Loading lines={8} /> : <NotThere error={error} onRetry={refetch} />}
      </Page>
    );
  }
  const { state, mode, select } = replay;
  const isExpired = state === "planned" && Date.parse(replay.expiresAt) <= Date.now();
  const again = addressOf(select);
  return (
    <Page
      title={`Replay ${mode}`}
      lead={<Link href="/replays">All replays</Link>}
      actions={<Actions replay={replay} isExpired={isExpired} />}
    >
      {error !== null && <Failure error={error} onRetry={refetch} />}
      {isExpired && (
        <Note mood="warn" role="status">
          The plan is older than an hour and says nothing of today any more. Make it again
          {again === undefined ? (
            " from the sendouts."
          ) : (
            <>
              {" "}
              from <Link href={again}>the same sendouts</Link>.
            </>
          )}
        </Note>
      )}
      <Panel>
        <About replay={replay} />
      </Panel>
      {state !== "planned" && <ProgressView replay={replay} />}
      <PlanView replay={replay} />
    </Page>
  );
}

function About({ replay }: { replay: WholeReplay }) {
  const { id, state, select, rate, plannedAt, by, startedAt, endedAt } = replay;
  return (
    <Facts>
      <Fact name="State">
        <Badge state={state} />
      </Fact>
      <Fact name="Planned">
        <Time at={plannedAt} as="clock" />
        {by !== null && ` by ${nameOfActor(by)}`}
      </Fact>
      {startedAt !== null && (
        <Fact name="Begun">
          <Time at={startedAt} as="clock" />
        </Fact>
      )}
      {endedAt !== null && (
        <Fact name="Ended">
          <Time at={endedAt} as="clock" />
        </Fact>
      )}
      <Fact name="Rate">{rate} a second</Fact>
      {wordsOf(select).map(({ name, value, isInstant }) => (
        <Fact key={name} name={name}>
          {isInstant ? <Time at={value} as="clock" /> : value}
        </Fact>
      ))}
      <Fact name="Id">
        <span class="replay-id mono">
          {id} <CopyButton text={id} label="Copy the id" />
        </span>
      </Fact>
    </Facts>
  );
}

/** What can be done with it, by how it stands. */
function Actions({ replay, isExpired }: { replay: WholeReplay; isExpired: boolean }) {
  const { id, state, plan } = replay;
  const param = { id };
  const refresh = async () => forget("replays");
  const running = useAct({
    mutationFn: async () => answerOf(admin.replays[":id"].run.$post({ param })),
    onError: (error) => tellError(error, "The replay has not begun."),
    onSettled: refresh,
  });
  const stop = async () => {
    await answerOf(admin.replays[":id"].stop.$post({ param }));
    await refresh();
  };
  if (state === "running") {
    return (
      <Button tone="danger" icon={CircleStop} why={whyNot("replay")} onClick={() => askToStop(stop)}>
        Stop
      </Button>
    );
  }
  if (state !== "planned" || isExpired) return <ButtonLink href="/sendouts">To the sendouts</ButtonLink>;
  const why = whyNot("replay") ?? (plan.selected === 0 ? "It takes no delivery: see what is left out." : undefined);
  return (
    <>
      <Button
        why={whyNot("replay")}
        onClick={() => void stop().catch((error: unknown) => tellError(error, "It was not discarded."))}
      >
        Discard the plan
      </Button>
      <Button tone="primary" icon={Play} isBusy={running.isPending} why={why} onClick={() => running.mutate()}>
        Send {countOf(plan.selected, "delivery", "deliveries")}
      </Button>
    </>
  );
}

function askToStop(run: () => Promise<void>): void {
  ask({
    title: "Stop the replay?",
    children: (
      <p>What was sent stays sent. What waits for its time, or is held, is taken back and stands as it did before.</p>
    ),
    verb: "Stop",
    tone: "danger",
    run,
  });
}

function NotThere({ error, onRetry }: { error: unknown; onRetry: () => unknown }) {
  if (asApiError(error).code !== "not_found") return <Failure error={error} onRetry={onRetry} />;
  return (
    <Empty title="There is no such replay" action={<ButtonLink href="/replays">All replays</ButtonLink>}>
      It may have been mistyped.
    </Empty>
  );
}
