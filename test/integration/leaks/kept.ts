// What a router that has ended has left on disk: each value of each row of every database, and each file as it is, with
// what is in it of rows that were deleted.

import { appendFileSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Entry } from "./recording.ts";

/** Everything in a state folder. */
export function readKept(folder: string): Entry[] {
  const files = filesOf(folder);
  const rows = files.filter(({ path }) => path.endsWith(".sqlite")).flatMap(({ path, store }) => rowsOf(path, store));
  return [...rows, ...files.map(({ path, store }) => ({ where: `${store}, files`, what: readFileSync(path) }))];
}

function filesOf(folder: string): { path: string; store: string }[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => ({ path: join(folder, name), store: storeOf(name) }));
}

/** Puts a text into two columns of the ledger, into KV, and into the storage of a Durable Object. */
export function plant(folder: string, text: string): void {
  const files = filesOf(folder);
  const kv = files.find(({ store, path }) => store === "KV" && !path.includes(".sqlite"));
  if (kv === undefined) throw new Error("KV has nothing");
  appendFileSync(kv.path, text);
  for (const { path, store } of files.filter((file) => file.path.endsWith(".sqlite"))) {
    const db = new DatabaseSync(path);
    if (store === "D1" && db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'incidents'").get() !== undefined) {
      db.prepare("UPDATE incidents SET detail = detail || ?").run(text);
      db.prepare("INSERT INTO audit_log (at, actor, action, subject) VALUES (0, 'secret', 'GET', ?)").run(text);
    }
    if (store === "TargetGate") {
      db.exec("CREATE TABLE planted (text TEXT)");
      db.prepare("INSERT INTO planted VALUES (?)").run(text);
    }
    db.close();
  }
}

/** Whose files they are: `D1`, `KV`, or the class of a Durable Object. */
function storeOf(name: string): string {
  const parts = name.split(sep);
  if (parts.includes("d1")) return "D1";
  if (parts.includes("kv")) return "KV";
  return parts.find((part) => /^signalbox-\w+$/.test(part))?.replace("signalbox-", "") ?? parts[0] ?? "";
}

/** Every value of a database by its column, `sendouts.body`; of a claim the whole, because its pieces are cut anywhere. */
function rowsOf(path: string, store: string): Entry[] {
  const db = new DatabaseSync(path, { readOnly: true, readBigInts: true });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    return tables.flatMap(({ name }) =>
      db
        .prepare(`SELECT * FROM "${String(name)}"`)
        .all()
        .flatMap((row) => Object.entries(row))
        .flatMap(([column, value]) => {
          const where = store === "D1" ? `D1 ${String(name)}.${column}` : store;
          if (typeof value === "string" || value instanceof Uint8Array) return [{ where, what: value }];
          return value === null ? [] : [{ where, what: String(value) }];
        }),
    );
  } finally {
    db.close();
  }
}
