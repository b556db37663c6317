// What `signalbox doctor` answers: what the router finds out about itself, what can only be seen from outside, and how far a
// test sendout comes.

import type { InferResponseType } from "hono/client";
import { answerOf, type Admin } from "../client/admin.ts";
import { RouterError } from "../client/router-error.ts";
import { settledSendout } from "../client/sendout.ts";
import { pc } from "../colours.ts";
import { answer, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { printableLine } from "../terminal/printable.ts";
import { judgeClock } from "./judge-clock.ts";

type Examined = InferResponseType<Admin["doctor"]["$get"], 200>;

/** What was found, there and here alike. */
export type Finding = Examined["findings"][number];

/** What is asked for. */
export interface DoctorOptions {
  /** Whether a test sendout is sent. */
  send: boolean;
  /** The inlet that it is sent to; the table's first when left out. */
  inlet?: string;
  /** How long the test sendout may take, in seconds. */
  patience: number;
  json?: boolean;
}

/** Everything that is wrong with a router. What has failed is a no; warnings are for people to look at. */
export async function answerDoctor(router: RouterInReach, options: DoctorOptions): Promise<Outcome> {
  const { findings, exitCode } = await findAll(router.admin, options);
  if (options.json) return { exitCode, answer: toJson({ router: router.origin, findings }) };
  return { ...answer(doctorPage(findings)), exitCode };
}

/** Everything that was found, there and here, with the exit code that it makes. */
export async function findAll(
  admin: Admin,
  options: DoctorOptions,
): Promise<{ findings: Finding[]; exitCode: Outcome["exitCode"] }> {
  const before = Date.now();
  let examined: Examined;
  try {
    examined = await answerOf(admin.doctor.$get());
  } catch (error) {
    // Without an answer there is nothing else to be seen, and scripts are told as by every other command.
    if (!(error instanceof RouterError)) throw error;
    return { findings: [explain("router", error)], exitCode: error.exitCode };
  }
  const findings = [
    { name: "router", state: "ok" as const, detail: `answers in ${Date.now() - before} ms`, remedy: null },
    judgeClock(Date.parse(examined.now), before, Date.now()),
    ...examined.findings,
    ...(options.send ? [await selfTest(admin, options)] : []),
  ];
  return { findings, exitCode: findings.some(({ state }) => state === "failed") ? 1 : 0 };
}

/** Follows a test sendout until it is delivered, and says where it stopped. */
async function selfTest(admin: Admin, { inlet, patience }: DoctorOptions): Promise<Finding> {
  const name = "self-test";
  const begun = Date.now();
  try {
    const body = inlet === undefined ? {} : { inlet };
    const sent = await answerOf(admin["self-test"].$post({ json: body }));
    if (sent.acceptedId === null) {
      const { code = "unknown", detail = "" } = sent.refusal ?? {};
      return failed(name, `the inlet ${sent.inlet} refused it: ${code}`, detail);
    }
    const record = await settledSendout(admin, sent.acceptedId, patience * 1_000);
    if (record === undefined) {
      return failed(
        name,
        `accepted by ${sent.inlet}, but not routed within ${patience} s`,
        "Nobody works off the INGEST queue, or routing fails: see that wrangler.toml has [[queues.consumers]] for signalbox-ingest, that it is deployed, and what the log says.",
      );
    }
    const [delivery] = record.deliveries;
    if (delivery === undefined) return failed(name, `logged as ${record.state}`, "See signalbox show for why.");
    if (delivery.state === "delivered") {
      return {
        name,
        state: "ok",
        detail: `in by ${sent.inlet}, routed, delivered and logged in ${Date.now() - begun} ms`,
        remedy: null,
      };
    }
    if (delivery.state === "pending") {
      return failed(
        name,
        `accepted and routed, but not delivered within ${patience} s`,
        "Nobody works off the DELIVER queue, or delivery fails: see that wrangler.toml has [[queues.consumers]] for signalbox-deliver, that it is deployed, and what the log says.",
      );
    }
    return failed(
      name,
      `routed, but ${delivery.state}: ${delivery.reason ?? "no reason given"}`,
      `See signalbox show ${record.id}.`,
    );
  } catch (error) {
    if (!(error instanceof RouterError)) throw error;
    return explain(name, error);
  }
}

function failed(name: string, detail: string, remedy: string): Finding {
  return { name, state: "failed", detail, remedy };
}

function explain(name: string, { complaint: { detail, remedy } }: RouterError): Finding {
  return failed(name, detail, remedy ?? "See what is said of d1 and kv; the Worker's log has more.");
}

const SIGNS = { ok: pc.green("✓"), warning: pc.yellow("!"), failed: pc.red("✗") } as const;

/** What was found, for people. */
export function doctorPage(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.flatMap(({ name, state, detail, remedy }) => [
    `${SIGNS[state]} ${name.padEnd(width)}  ${printableLine(detail)}`,
    ...(remedy === null ? [] : [`  ${" ".repeat(width)}  → ${printableLine(remedy)}`]),
  ]);
  const count = (wanted: Finding["state"]): number => findings.filter(({ state }) => state === wanted).length;
  const end =
    count("failed") === 0
      ? `Nothing is broken${count("warning") === 0 ? "." : `; ${count("warning")} to look at.`}`
      : `${count("failed")} broken, ${count("warning")} to look at.`;
  return [...lines, "", end].join("\n");
}
