// One pause: of what, why and since when, what it holds, and what can be done about it.

import { CirclePlay, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { forgetHolds, type Held, type Pause } from "../../api/holds.ts";
import { whyNot } from "../../api/session-state.ts";
import { nameOfActor } from "../../components/actors.ts";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { TextField } from "../../components/field.tsx";
import { countOf } from "../../components/numbers.ts";
import { Time } from "../../components/time.tsx";
import { tell } from "../../components/toasts.tsx";
import { heldBy, PAUSE_MODES, PAUSE_REASONS, subjectOf } from "./waiting.ts";

/** How many deliveries a second go out again unless somebody says otherwise, as the admin API has it. */
const PER_SECOND = 20;

/** A pause, as an item of a list. */
export function PauseRow({ pause, held }: { pause: Pause; held: readonly Held[] }) {
  const { reason, mode, since, until, note, by } = pause;
  const { kind, id } = subjectOf(pause);
  const { count, since: oldest } = heldBy(pause, held);
  const nothingHeld = count === 0 ? "It holds nothing now." : undefined;
  return (
    <li class="pause">
      <h3>
        {kind === "target" ? "Target" : "Route"} <Link href={`/table/${kind}s/${encodeURIComponent(id)}`}>{id}</Link>
      </h3>
      <div class="pause-actions">
        <Button icon={CirclePlay} why={whyNot("replay")} onClick={() => askResume(pause, count)}>
          Resume
        </Button>
        <Button
          icon={Trash2}
          tone="quiet"
          why={whyNot("replay") ?? nothingHeld}
          onClick={() => askDiscard(pause, count)}
        >
          Discard what waits
        </Button>
      </div>
      <Facts>
        <Fact name="Why">{PAUSE_REASONS[reason]}</Fact>
        {by !== null && <Fact name="By">{nameOfActor(by)}</Fact>}
        <Fact name="Since">
          <Time at={since} />
        </Fact>
        {until !== null && (
          <Fact name={reason === "by_hand" ? "Ends by itself" : "Tried again"}>
            <Time at={until} />
          </Fact>
        )}
        <Fact name="Mode">{PAUSE_MODES[mode]}</Fact>
        <Fact name="Waits because of it">{count === 0 ? "nothing" : countOf(count, "delivery", "deliveries")}</Fact>
        {oldest !== null && (
          <Fact name="The oldest">
            <Time at={oldest} />
          </Fact>
        )}
      </Facts>
      {note !== null && note !== "" && <q class="pause-note">{note}</q>}
    </li>
  );
}

function callsOf(pause: Pause) {
  const { kind, id } = subjectOf(pause);
  const calls = kind === "target" ? admin.targets[":id"] : admin.routes[":id"];
  return { calls, param: { id }, name: `${kind} ${id}` };
}

function askResume(pause: Pause, count: number): void {
  const { calls, param, name } = callsOf(pause);
  let perSecond = PER_SECOND;
  ask({
    title: `Resume the ${name}?`,
    children: (
      <>
        <p>
          {count === 0
            ? "It holds nothing; what comes from now on goes out as usual."
            : `${countOf(count, "delivery", "deliveries")} go out, the oldest first.`}
        </p>
        {count > 0 && <PerSecond onChange={(chosen) => (perSecond = chosen)} />}
      </>
    ),
    verb: "Resume",
    run: async () => {
      const { released } = await answerOf(calls.resume.$post({ param, json: { perSecond } }));
      await forgetHolds();
      tell({ title: `Resumed the ${name}`, description: `${countOf(released, "delivery", "deliveries")} let go.` });
    },
  });
}

/** How fast they go: what is no whole number from 1 to 1,000 is refused by the router in words. */
function PerSecond({ onChange }: { onChange: (perSecond: number) => void }) {
  const [text, setText] = useState(String(PER_SECOND));
  return (
    <TextField
      label="Deliveries a second"
      type="number"
      min={1}
      max={1000}
      value={text}
      hint="So that the target is not met by all of them at once."
      onText={(typed) => {
        setText(typed);
        onChange(Number(typed));
      }}
    />
  );
}

function askDiscard(pause: Pause, count: number): void {
  const { calls, param, name } = callsOf(pause);
  const many = countOf(count, "delivery", "deliveries");
  ask({
    title: `Discard what the ${name} holds?`,
    children: (
      <p>
        <strong>{many} will not be sent.</strong> Their state becomes cancelled; each can still be retried by hand or in
        a replay while its payload is kept. The pause stays.
      </p>
    ),
    verb: `Discard ${many}`,
    tone: "danger",
    run: async () => {
      const { cancelled } = await answerOf(calls.discard.$post({ param }));
      await forgetHolds();
      tell({ title: `${countOf(cancelled, "delivery", "deliveries")} discarded` });
    },
  });
}
