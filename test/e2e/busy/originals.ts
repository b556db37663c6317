// The sendouts that a busy day is made of: a router takes, routes and delivers each of them once.

import { DatabaseSync } from "node:sqlite";
import type { Row, Rows } from "../../../bench/ledger-rows.ts";
import type { ExampleOptions } from "../../../src/voucherify/examples.ts";
import type { SendoutView, Signalbox } from "../../integration/signalbox.ts";
import { isSettled } from "../../integration/signalbox.ts";
import { status, type Target } from "../../integration/target.ts";
import { copyable } from "./copies.ts";
import { busyTable, CHANGES, type Tokens } from "./table.ts";

/** Sendouts of a day by kind, and how many of a hundred thousand are such. */
const KINDS: readonly { type: string; share: number; options?: ExampleOptions; inlet?: "legacy" }[] = [
  { type: "redemption.succeeded", share: 24_000 },
  { type: "publication.succeeded", share: 13_000 },
  { type: "customer.updated", share: 12_000 },
  { type: "voucher.loyalty_card.points_added", share: 11_000 },
  { type: "voucher.loyalty_card.transaction.created", share: 8_000 },
  { type: "customer.segment.entered", share: 7_000 },
  { type: "customer.created", share: 6_000 },
  { type: "redemption.failed", share: 4_500 },
  { type: "customer.loyalty.tier.upgraded", share: 3_000 },
  { type: "voucher.published", share: 3_000 },
  { type: "publication.succeeded", share: 2_500, options: { source: "distribution" } },
  { type: "redemption.rollback.succeeded", share: 1_500 },
  { type: "voucher.updated", share: 1_200, options: { version: "v2018-08-01" }, inlet: "legacy" },
  { type: "customer.segment.left", share: 1_000 },
  { type: "voucher.created", share: 800, options: { version: "v2018-08-01" }, inlet: "legacy" },
  { type: "customer.deleted", share: 700 },
  { type: "voucher.loyalty_card.points_expired", share: 500 },
  { type: "campaign.updated", share: 200 },
  { type: "business_validation_rule.updated", share: 100 },
];

/** What was recorded, by the ids of the sendouts. */
interface Recorded {
  kinds: { id: string; share: number }[];
  /** One that the target `erp` has refused, and one that is held for `push`. */
  refused: string;
  held: string;
}

/** Publishes the table, change by change, and has each kind of sendout delivered. The target `push` is paused in the end. */
export async function recordOriginals(signalbox: Signalbox, target: Target, tokens: Tokens): Promise<Recorded> {
  const table = busyTable(target.url);
  for (const { by, routes, note } of CHANGES) {
    const document = { ...table, routes: table.routes.slice(0, routes) };
    const path = `/table?note=${encodeURIComponent(note)}`;
    await must(signalbox.admin("PUT", path, document, { authorization: `Bearer ${tokens[by]}` }));
  }
  const kinds = await Promise.all(
    KINDS.map(async ({ share, ...kind }, number) => ({ share, id: (await record(signalbox, kind, number)).id })),
  );
  target.behave((res, request, count) => (request.path.startsWith("/erp") ? refuse : status(200))(res, request, count));
  const refused = await record(signalbox, { type: "redemption.succeeded" }, KINDS.length);
  const pause = { note: "Apple has rejected our certificate; Jonas renews it" };
  await must(signalbox.admin("POST", "/targets/push/pause", pause, { authorization: `Bearer ${tokens.mira}` }));
  const held = await record(signalbox, { type: "customer.segment.entered" }, KINDS.length + 1, isHeld);
  return { kinds, refused: refused.id, held: held.id };
}

/** What a bookkeeping system says to a voucher that it does not know. */
export const refuse: ReturnType<typeof status> = (res) => {
  res.writeHead(422, { "content-type": "application/json" });
  res.end('{"error":"unknown_voucher","message":"No account is set up for this voucher\'s campaign."}');
};

function isHeld({ deliveries }: SendoutView): boolean {
  return deliveries.length > 0 && deliveries.every(({ state }) => state === "held");
}

async function record(
  { post, postSigned, sendout }: Signalbox,
  { type, options, inlet }: Omit<(typeof KINDS)[number], "share">,
  number: number,
  until = isSettled,
): Promise<SendoutView> {
  const body = copyable(type, number, { now: new Date(), ...options });
  const answer = await must(inlet === undefined ? postSigned(body) : post(body, {}, inlet));
  const { id } = (await answer.json()) as { id: string }; // the API's own answer
  return sendout(id, until);
}

/** An answer that has to be a good one. */
export async function must(call: Promise<Response>): Promise<Response> {
  const answer = await call;
  if (!answer.ok) throw new Error(`answered ${answer.status}: ${await answer.text()}`);
  return answer;
}

/** Their rows, as the router has written them. */
export interface Originals {
  kinds: { rows: Rows; share: number }[];
  /** Deliveries: of `erp`, refused; of `push`, held. */
  refused: Row;
  held: Row;
}

/** Reads the rows of what was recorded, from a database that nobody has open. */
export function readOriginals(file: string, { kinds, refused, held }: Recorded): Originals {
  const database = new DatabaseSync(file, { readOnly: true });
  const read = (table: string, column: string, id: string): Row[] =>
    database.prepare(`SELECT * FROM ${table} WHERE ${column} = ?`).all(id) as Row[]; // no column is a blob
  const deliveryTo = (id: string, target: string): Row =>
    one(read("deliveries", "sendout_id", id).filter((row) => row["target"] === target));
  try {
    return {
      kinds: kinds.map(({ id, share }) => ({
        share,
        rows: { sendout: one(read("sendouts", "id", id)), deliveries: read("deliveries", "sendout_id", id) },
      })),
      refused: deliveryTo(refused, "erp"),
      held: deliveryTo(held, "push"),
    };
  } finally {
    database.close();
  }
}

function one(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error("a sendout was not recorded");
  return row;
}
