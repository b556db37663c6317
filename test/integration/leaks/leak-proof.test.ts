// The grep proof: a router with distinctive values for every kind of secret, and a made-up customer, through everything that
// it does; then a search for each value in all that it has said, logged, queued and kept. Secrets are nowhere but where they
// belong. What is personal is where docs/privacy.md says.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tablesOf } from "../markdown.ts";
import { readDeployed } from "./deployed.ts";
import { heardSecrets } from "./echo.ts";
import { createFind, type Find } from "./find-values.ts";
import { plant, readKept } from "./kept.ts";
import { lookAtEverything, makeMistakes, operate, setUp, tryOut, useCommands } from "./operations.ts";
import { ALERTS, ANSWERS, COMMANDS, findByPlace, LOG, QUEUES, type Entry, type Place } from "./recording.ts";
import { observe, type Observed } from "./router.ts";
import { sendEverything } from "./traffic.ts";
import { CUSTOMER, PERSONAL, WORKER_SECRETS } from "./values.ts";

/** Where docs/privacy.md says that something personal is, in its words. */
const PERSONAL_PLACES = [
  "queue messages",
  "Inbox",
  "sendouts.body",
  "repeats.body",
  "BODIES",
  "claims",
  "deliveries.request",
  "replayed.request_before",
  "deliveries.attempts",
  "sendouts.label",
  "sendouts.detail",
  "sendouts.dedupe_key",
  "your targets",
];

/** What shows it because somebody has asked for it, and the files that have the rows of those tables. */
const SHOWN: ReadonlySet<string> = new Set([ANSWERS.revealed, COMMANDS.revealed, "D1, files", "Inbox, files"]);

/** What shows a label, which is text of the campaign's, and nothing else that is personal. */
const LABELLED: ReadonlySet<string> = new Set([ANSWERS.masked, COMMANDS.masked]);

let observed: Observed;
let entries: Entry[];
let findSecrets: Find;
let secrets: Map<string, Place>;
let personal: Map<string, Place>;
const findPersonal = createFind(PERSONAL);

beforeAll(async () => {
  observed = await observe();
  await setUp(observed);
  const sendouts = await sendEverything(observed);
  await makeMistakes(observed);
  await tryOut(observed, sendouts);
  await operate(observed, sendouts);
  await lookAtEverything(observed, sendouts);
  await useCommands(observed, sendouts);
  await observed.stop();
  entries = [...observed.record.entries, ...readKept(observed.state), ...readDeployed(observed.folder)];
  findSecrets = createFind(observed.secrets);
  [secrets, personal] = [findByPlace(entries, findSecrets), findByPlace(entries, findPersonal)];
  print();
}, 180_000);

afterAll(async () => {
  await observed.stop();
  observed.remove();
});

/** What may be personal in a place. */
function mayHave(where: string): string[] {
  const column = where.replace(/^D1 /, "");
  const [table = ""] = column.split(".");
  const everything = PERSONAL.map(({ name }) => name);
  if (SHOWN.has(where) || [column, table].some((name) => PERSONAL_PLACES.includes(name))) return everything;
  return LABELLED.has(where) ? ["label"] : [];
}

/** Where was looked, and what was found; the columns of the ledger that have nothing as one. */
function print(): void {
  const isEmpty = (where: string): boolean =>
    [secrets, personal].every((found) => found.get(where)?.found.length === 0);
  const [others, columns] = [
    [...secrets.keys()].filter((where) => !isColumn(where) || !isEmpty(where)),
    [...secrets.keys()].filter((where) => isColumn(where) && isEmpty(where)),
  ];
  const bytesOf = (where: string): number => secrets.get(where)?.looked ?? 0;
  const namesOf = (found: Map<string, Place>, where: string): string => found.get(where)?.found.join(", ") || "none";
  console.log(`Looked for ${observed.secrets.length} secrets and ${PERSONAL.length} values of a customer's.`);
  console.table([
    ...others.map((where) => ({
      where,
      bytes: bytesOf(where),
      secrets: namesOf(secrets, where),
      personal: namesOf(personal, where),
    })),
    {
      where: `D1, ${columns.length} other columns`,
      bytes: columns.reduce((sum, where) => sum + bytesOf(where), 0),
      secrets: "none",
      personal: "none",
    },
  ]);
}

function isColumn(where: string): boolean {
  return where.startsWith("D1 ");
}

describe("after everything that a router does", () => {
  it("has been looked at everywhere, and its targets have heard their secrets", () => {
    const places = [...new Set(entries.map(({ where }) => where))];
    const expected = [
      ...Object.values(ANSWERS),
      ...Object.values(COMMANDS),
      LOG,
      QUEUES,
      ALERTS,
      "KV, files",
      "Inbox, files",
      "TargetGate, files",
    ];
    expect(places).toEqual(expect.arrayContaining([...expected, "the bundle", "the source map", "the pages"]));
    const { crm, tokens, alerts } = observed.places;
    const sent = ["BEARER_KEY", "BASIC_PASSWORD", "HEADER_KEY", "QUERY_KEY", "TEMPLATE_KEY", "PATH_KEY", "LONG_KEY"];
    const heard = heardSecrets([crm, tokens, alerts].flatMap(({ requests }) => requests));
    expect(heard).toEqual(expect.arrayContaining([...sent, "OAUTH_SECRET", "AWS_SESSION", "SLACK_PATH", "VAULT_KEY"]));
  });

  it("has a secret nowhere", () => {
    expect([...secrets].filter(([, place]) => place.found.length > 0)).toEqual([]);
  });

  it("has what is personal only where docs/privacy.md says", () => {
    const unexpected = [...personal].map(
      ([where, place]) => [where, place.found.filter((name) => !mayHave(where).includes(name))] as const,
    );
    expect(unexpected.filter(([, names]) => names.length > 0)).toEqual([]);
    const columns = [...personal].filter(([where, place]) => isColumn(where) && place.found.length > 0);
    expect(columns.map(([where]) => where.slice(3))).toEqual(
      expect.arrayContaining([
        "sendouts.body",
        "repeats.body",
        "claims.bytes",
        "deliveries.request",
        "deliveries.attempts",
        "sendouts.dedupe_key",
      ]),
    );
  });
});

describe("docs/privacy.md", () => {
  it("names the places that are looked for", () => {
    const [places] = tablesOf(readFileSync("docs/privacy.md", "utf8"));
    const named = places?.rows.flatMap(([cell = ""]) => {
      const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
      return names.length > 0 ? names : [cell];
    });
    expect(named?.toSorted()).toEqual(PERSONAL_PLACES.toSorted());
  });
});

describe("the search", () => {
  const leak = `gzip:${gzipSync(JSON.stringify({ said: `Bearer ${WORKER_SECRETS.BEARER_KEY}`, to: CUSTOMER.email })).toString("base64")}`;

  it("finds what is planted in a row, in KV and in a Durable Object", () => {
    plant(observed.state, leak);
    const kept = readKept(observed.state);
    for (const where of ["D1 incidents.detail", "D1 audit_log.subject", "KV, files", "TargetGate"]) {
      expect([where, findByPlace(kept, findSecrets).get(where)?.found]).toEqual([where, ["BEARER_KEY"]]);
      expect([where, findByPlace(kept, findPersonal).get(where)?.found, mayHave(where)]).toEqual([
        where,
        ["e-mail"],
        [],
      ]);
    }
  });

  it("finds what is planted in any other place", () => {
    const places = [...new Set(entries.map(({ where }) => where))];
    const found = findByPlace(
      [...entries, ...places.map((where) => ({ where, what: `{"event":"x","error":"${leak}"}` }))],
      findSecrets,
    );
    expect([...found].filter(([, place]) => !place.found.includes("BEARER_KEY"))).toEqual([]);
  });
});
