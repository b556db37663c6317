// A day made of few sendouts: those that a router has really taken are copied, row by row, with other ids, people, codes
// and instants. So whatever a release writes into its rows is in the copies too.

import { gunzipSync, gzipSync } from "node:zlib";
import { chance, hexOf, skewed, type Row, type Rows } from "../../../bench/ledger-rows.ts";
import { termsOf } from "../../../src/ledger/terms.ts";
import { exampleSendout, type ExampleOptions } from "../../../src/voucherify/examples.ts";

/** Stands in the ids of a sendout that is copied, with its number behind; 18 hexadecimal digits together. */
const MARK = "51907a1b0c0d0e";

/** The customer of our examples. */
const CUSTOMER = { source: "crm-20417", name: "Mira Halvorsen", email: "mira@example.com", phone: "+47 555 01 234" };

/** What is another thing in every copy: ids, everything of the customer, the ends of codes, instants. */
const OWN =
  /(?<id>(?:cust_)?51907a1b0c0d0e\d{4})|(?<code>(?<=(?:AUTUMN-15|GLOW|CIRCLE|FRIEND|THANKS)-)(?:K7QP|ZM4T|4821|7YQ2|3XKD))|(?<instant>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)|crm-20417|Mira Halvorsen|mira@example\.com|\+47 555 01 234/g;

/** How many customers the shop has. */
const CUSTOMERS = 3_000;
const FIRST_NAMES =
  "Ada Bilal Chiara Dev Elif Finn Greta Hugo Ines Jonas Kaya Leo Maja Nils Olga Pia Quentin Rosa Sven Tomas";
const LAST_NAMES =
  "Okafor Lindqvist Moreau Tanaka Berg Novak Silva Keller Haddad Brandt Costa Weiss Ali Larsen Petrov Vega";

/** An example whose ids say that they are a copy's to change. */
export function copyable(type: string, number: number, options: ExampleOptions = {}): string {
  return exampleOf(type, `${MARK}${String(number).padStart(4, "0")}`, options);
}

/** Ids of a shop: its project, what it sells, and whoever sends. */
const STAYS = /^(?:proj|camp|cat|prod|sku|seg|wh|distr|auto|ltr|ern|rew)_$/;

/** An example of the shop's, with a part of its ids that is its own: 18 hexadecimal digits. */
export function exampleOf(type: string, own: string, options: ExampleOptions = {}): string {
  const ids = (prefix: string): string => prefix + (STAYS.test(prefix) ? "4c616e7465726e3031" : own);
  return JSON.stringify(exampleSendout(type, { ...options, ids }));
}

/** What a copy is of, when it came, and what becomes of its deliveries. */
export interface Copying {
  of: Rows;
  number: number;
  /** Milliseconds since 1970. */
  at: number;
  fateOf: (delivery: Row, seed: number) => Row;
  searchKey: string;
}

/** How long a target waits for the second attempt, in milliseconds. */
const RETRY_MS = 5_000;

/** The rows of a copy. */
export function copyRows({ of, number, at, fateOf, searchKey }: Copying): Rows {
  const write = createWriter(number, Number(of.sendout["received_at"]), at);
  const { terms: _, ...columns } = mapRow(of.sendout, write);
  const id = `so_${hexOf(number)}`;
  const sendout = {
    ...columns,
    id,
    accepted_id: `acc_${at.toString(16).padStart(12, "0")}${hexOf(number).slice(0, 20)}`,
    received_at: at,
    body_sha256: hexOf(number) + hexOf(number + 1),
  };
  const deliveries = of.deliveries.map((delivery, index) => ({
    ...fateOf({ ...mapRow(delivery, write), sendout_id: id, received_at: at }, number * 5 + index),
  }));
  return { sendout: { ...sendout, terms: findBy(sendout, write, searchKey) }, deliveries };
}

/** Puts what is a copy's own into a text of the original, and moves its instants. */
function createWriter(number: number, from: number, to: number) {
  const person = skewed(number * 23, CUSTOMERS);
  const first = pick(FIRST_NAMES, person * 7);
  const last = pick(LAST_NAMES, person * 13);
  const code = hexOf(number + 7)
    .slice(0, 4)
    .toUpperCase();
  const customer = {
    source: `crm-${20_500 + person}`,
    name: `${first} ${last}`,
    email: `${first}.${last}${person}@example.com`.toLowerCase(),
    phone: `+47 555 ${String(10_000 + person).slice(0, 2)} ${String(1_000 + person).slice(-3)}`,
  };
  const written = new Map(
    Object.entries(CUSTOMER).map(([field, value]) => [value, customer[field as keyof typeof customer]]),
  );
  const own = hexOf(number).slice(0, 18);
  const customerId = `cust_${hexOf(person + 9_000_000).slice(0, 18)}`;
  const text = (original: string): string =>
    original.replaceAll(OWN, (found: string, id?: string, ends?: string, instant?: string) => {
      if (id !== undefined) return id.startsWith("cust_") ? customerId : own;
      if (ends !== undefined) return code;
      if (instant !== undefined) return new Date(Date.parse(instant) + to - from).toISOString();
      return written.get(found) ?? found;
    });
  return { text, shift: to - from, named: { customer, code } };
}

type Writer = ReturnType<typeof createWriter>;

/** Columns with instants, as milliseconds since 1970. */
const INSTANTS = new Set(["occurred_at", "updated_at", "due_at", "sweep_at"]);

/** Columns with content as the ledger packs it. */
const PACKED = new Set(["body", "request"]);

function mapRow(row: Row, write: Writer): Row {
  const entries = Object.entries(row).map(([name, value]) => {
    if (typeof value === "number") return [name, INSTANTS.has(name) ? value + write.shift : value] as const;
    if (value === null) return [name, value] as const;
    if (PACKED.has(name)) return [name, pack(write.text(unpack(value)))] as const;
    return [name, name === "attempts" ? moveAttempts(value, write.shift) : write.text(value)] as const;
  });
  return Object.fromEntries(entries);
}

/** What became of a delivery; the rest of its row says what it is. */
const FATE = ["state", "reason", "attempts_made", "updated_at", "due_at", "sweep_at", "attempts", "last_status"];

/** A delivery to which the same happened as to another one, as long after its sendout arrived. */
export function withFateOf(other: Row, delivery: Row): Row {
  const shift = Number(delivery["received_at"]) - Number(other["received_at"]);
  const entries = FATE.map((name) => {
    const value = other[name] ?? null;
    if (name === "attempts") return [name, moveAttempts(String(value), shift)];
    return [name, typeof value === "number" && INSTANTS.has(name) ? value + shift : value];
  });
  return { ...delivery, ...Object.fromEntries(entries) };
}

/** A delivery that took so long, in milliseconds, after one attempt more that was answered with 503. */
export function withDuration(
  delivery: Row,
  { waitMs, callMs, isSecond }: { waitMs: number; callMs: number; isSecond: boolean },
): Row {
  const [attempt] = JSON.parse(String(delivery["attempts"])) as object[]; // as the ledger keeps them
  const at = Number(delivery["received_at"]) + waitMs + (isSecond ? RETRY_MS : 0);
  const first = { ...attempt, at: at - RETRY_MS, ms: callMs, status: 503, reason: "target_unavailable" };
  const attempts = [...(isSecond ? [first] : []), { ...attempt, at, ms: callMs }];
  return { ...delivery, attempts: JSON.stringify(attempts), attempts_made: attempts.length, updated_at: at + callMs };
}

function moveAttempts(json: string, shift: number): string {
  const attempts = JSON.parse(json) as { at: number }[]; // as the ledger keeps them
  return JSON.stringify(attempts.map((attempt) => ({ ...attempt, at: attempt.at + shift })));
}

function findBy(sendout: Row, { named }: Writer, searchKey: string): string {
  const column = (name: string): string | null => (typeof sendout[name] === "string" ? sendout[name] : null);
  const planned = JSON.parse(column("planned") ?? "[]") as { target: string; route: string }[]; // as the ledger keeps it
  return termsOf(
    {
      inlet: column("inlet") ?? "",
      event_type: column("event_type"),
      event_ref: column("event_ref"),
      sendout_ref: column("sendout_ref"),
      source_kind: column("source_kind"),
      source_id: column("source_id"),
      group_id: column("group_id"),
    },
    planned,
    {
      customers: new Set([named.customer.source, named.customer.email, named.customer.phone]),
      vouchers: new Set(["AUTUMN-15", "GLOW", "CIRCLE", "FRIEND", "THANKS"].map((prefix) => `${prefix}-${named.code}`)),
    },
    searchKey,
  );
}

function unpack(column: string): string {
  const bytes = Buffer.from(column.slice(column.indexOf(":") + 1), "base64");
  return (column.startsWith("gzip:") ? gunzipSync(bytes) : bytes).toString();
}

/** Quickly: they are many, and read seldom. */
function pack(text: string): string {
  return `gzip:${gzipSync(text, { level: 1 }).toString("base64")}`;
}

function pick(words: string, seed: number): string {
  const list = words.split(" ");
  return list[Math.floor(chance(seed) * list.length)] ?? "";
}
