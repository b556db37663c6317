// What `signalbox sweep` answers: what the sweeper has found.

import { answerOf } from "../client/admin.ts";
import { answer, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { counted } from "../terminal/counted.ts";

/** Runs the sweeper. */
export async function answerSweep(
  { admin }: RouterInReach,
  { recover = false, json }: { recover?: boolean; json?: boolean },
): Promise<Outcome> {
  const swept: Swept = await answerOf(admin.sweep.$post({ json: { recover } }));
  return answer(json ? toJson(swept) : sweptLine(swept));
}

/** What was found; `sendouts` only where everything was taken for lost. */
interface Swept {
  sent: number;
  cancelled: number;
  orphans: number;
  sendouts?: number;
}

function sweptLine({ sent, cancelled, orphans, sendouts = 0 }: Swept): string {
  const parts = [
    `${counted(sent, "delivery goes", "deliveries go")} now`,
    ...(cancelled > 0 ? [`${cancelled} cancelled, whose target is gone`] : []),
    ...(orphans > 0 ? [`${orphans} found of which nothing had been heard`] : []),
    ...(sendouts > 0 ? [`${counted(sendouts, "sendout", "sendouts")} handed over by the Inbox`] : []),
  ];
  return `${parts.join("; ")}.`;
}
