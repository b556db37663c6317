// Why a target or a route does not send now, and the buttons that pause and resume it. They work at once: a pause is no part
// of the table.

import { CirclePause, CirclePlay } from "lucide-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { forgetHolds, type Pause } from "../../api/holds.ts";
import { whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { countOf } from "../../components/numbers.ts";
import { Time } from "../../components/time.tsx";
import { tell } from "../../components/toasts.tsx";
import { definitionOf, ONE, type PartRef } from "./part.ts";
import type { TargetStanding } from "../../components/standing.ts";
import type { Working } from "./working.ts";

/** The note with its buttons. */
export function StandingNote({
  part,
  target,
  pause,
  working,
}: {
  part: PartRef;
  target: TargetStanding | undefined;
  pause: Pause | undefined;
  working: Working;
}) {
  const isInForce = definitionOf(working.inForce.document, part) !== undefined;
  const held = target?.held ?? 0;
  const note = pause?.note ?? target?.note;
  return (
    <div class="standing-note">
      <div>
        {pause !== undefined && (
          <p>
            {SAID[pause.reason]} <Time at={pause.since} />
            {pause.mode === "drain" && ", what has been attempted goes on"}
          </p>
        )}
        {pause?.until != null && (
          <p>
            It is tried again <Time at={pause.until} />.
          </p>
        )}
        {note !== undefined && note !== null && note !== "" && <p class="standing-said">{note}</p>}
        {held > 0 && <p>{countOf(held, "delivery waits", "deliveries wait")}.</p>}
        {target?.nextAt != null && (
          <p class="quiet">
            {countOf(target.scheduled, "delivery is", "deliveries are")} tried again, the next{" "}
            <Time at={target.nextAt} />.
          </p>
        )}
      </div>
      {pause === undefined ? (
        isInForce && (
          <Button icon={CirclePause} why={whyNot("replay")} onClick={() => askToPause(part)}>
            Pause
          </Button>
        )
      ) : (
        <Button icon={CirclePlay} why={whyNot("replay")} onClick={() => askToResume(part, held)}>
          Resume
        </Button>
      )}
    </div>
  );
}

const SAID: Readonly<Record<Pause["reason"], string>> = {
  by_hand: "Paused",
  credentials: "Stopped because our credentials were refused",
  gone: "Stopped because it says that it is gone,",
  breaker: "Its breaker opened",
};

/** Both kinds that can be paused have the same calls. */
function callsOf({ kind }: PartRef) {
  return kind === "routes" ? admin.routes[":id"] : admin.targets[":id"];
}

function askToPause(part: PartRef): void {
  ask({
    title: `Pause the ${ONE[part.kind]} ${part.id}?`,
    children: <p>Its deliveries wait until it is resumed. None is lost and none counts as an attempt.</p>,
    verb: "Pause",
    note: "Why (for your colleagues)",
    run: async (note) => {
      const json = { mode: "hold" as const, ...(note !== "" && { note }) };
      await answerOf(callsOf(part).pause.$post({ param: { id: part.id }, json }));
      tell({ title: `${part.id} is paused.` });
      await forgetHolds();
    },
  });
}

function askToResume(part: PartRef, held: number): void {
  ask({
    title: `Resume the ${ONE[part.kind]} ${part.id}?`,
    children: (
      <p>
        {held > 0
          ? `${countOf(held, "delivery goes", "deliveries go")} out, 20 a second, the oldest first.`
          : "What comes from now on is sent at once."}
      </p>
    ),
    verb: "Resume",
    run: async () => {
      const { released } = await answerOf(callsOf(part).resume.$post({ param: { id: part.id }, json: {} }));
      tell({ title: `${part.id} goes on.`, description: `${countOf(released, "delivery", "deliveries")} let go.` });
      await forgetHolds();
    },
  });
}
