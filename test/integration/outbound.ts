// Attempts in workerd against real targets, and what became of each in one line. The cases have the numbers of the list
// of hostile inputs, and what happened is printed as a table.

import type { AnswerConditions } from "../../src/delivery/answer.ts";
import { judge } from "../../src/delivery/judge.ts";
import { startRawTarget, type RawTarget } from "./raw-target.ts";
import { startSender, type Sender, type Sending, type Sent } from "./send-in-workerd.ts";
import { startTarget, type Behaviour, type Target } from "./target.ts";

/** The secrets that attempts may use. */
export const SECRETS = {
  CRM_KEY: 'crm/key+"1234"&é',
  AWS_ID: "AKIDEXAMPLE",
  AWS_KEY: "aws-secret-key",
  PATH: "T000/B000/abcdefgh12345678",
};

type Attempt = Partial<Omit<Sending, "request">> & { request?: Partial<Sending["request"]> };

/** What attempts are made with. */
export interface Outbound {
  target: Target;
  /** A target that answers byte by byte. */
  raw: RawTarget;
  /** Sends to targets on this machine. */
  local: Sender;
  /** Makes an attempt at the target, which behaves as told. */
  attempt: (behaviour: Behaviour, path?: string, more?: Attempt) => Promise<Sent>;
  /** Stops all of it and prints the table. */
  stop: () => Promise<void>;
}

/** Starts targets and a sender. */
export async function startOutbound(): Promise<Outbound> {
  const [target, raw] = [await startTarget(), await startRawTarget()];
  const local = await startSender({ ...SECRETS, SIGNALBOX_LOCAL_TARGETS: "allow" });
  return {
    target,
    raw,
    local,
    attempt: async (behaviour, path = "/hook", more = {}) => {
      target.behave(behaviour);
      return local.send({ url: target.url + path, ...more });
    },
    stop: async () => {
      await local.stop();
      raw.stop();
      await target.stop();
      console.log(["case | what came | what happened", ...happened].join("\n"));
    },
  };
}

/** The lines of the table. */
export const happened: string[] = [];

/** What became of an attempt in one line; it is also the line of the printed table. */
export function tell(
  number: number,
  what: string,
  sent: Sent,
  conditions?: AnswerConditions,
  now = Date.now(),
): string {
  const verdict = judge(sent.result, now, conditions);
  const got = sent.result.kind === "answered" ? `answered ${sent.result.status}` : sent.result.kind;
  const reason = verdict.verdict === "delivered" ? "" : ` ${verdict.reason}`;
  const floor = verdict.verdict === "retry" && verdict.floorSeconds > 0 ? ` after ${verdict.floorSeconds} s` : "";
  const line = `${got} → ${verdict.verdict}${reason}${floor}${sent.ambiguous ? ", ambiguous" : ""}`;
  happened.push(`${number} | ${what} | ${line}${sent.detail === undefined ? "" : ` (${sent.detail})`}`);
  return line;
}
