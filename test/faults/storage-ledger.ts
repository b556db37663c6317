// D1's interface over the SQLite of a Durable Object: the same engine that D1 itself runs on, without the two
// milliseconds that each call takes through the simulator. Ten thousand schedules need it; a test compares both.

import { standIn } from "./stand-in.ts";

/** A database in a Durable Object's storage. */
export function createStorageLedger(storage: DurableObjectStorage): D1Database {
  const statements = new WeakMap<object, () => D1Result>();

  const prepare = (sql: string, values: readonly unknown[] = []): D1PreparedStatement => {
    const execute = () => run(storage, sql, values);
    const statement = {
      bind: (...bound: unknown[]) => prepare(sql, bound),
      run: async () => execute(),
      all: async () => execute(),
      first: async (column?: string) => {
        const [row] = execute().results as Record<string, unknown>[];
        if (row === undefined) return null;
        return column === undefined ? row : row[column];
      },
      raw: async () => execute().results.map((row) => Object.values(row as object)),
    };
    statements.set(statement, execute);
    return standIn<D1PreparedStatement>(statement);
  };

  const batch = async (list: readonly D1PreparedStatement[]) =>
    storage.transactionSync(() =>
      list.map((statement) => {
        const execute = statements.get(statement);
        if (execute === undefined) throw new Error("the statement belongs to another database");
        return execute();
      }),
    );
  return standIn<D1Database>({ prepare, batch });
}

function run(storage: DurableObjectStorage, sql: string, values: readonly unknown[]): D1Result {
  try {
    const cursor = storage.sql.exec(sql, ...(values as SqlStorageValue[])); // whatever else is refused there
    const results = cursor.toArray();
    const { n } = storage.sql.exec<{ n: number }>("SELECT changes() AS n").one();
    const meta = { changes: n, rows_written: cursor.rowsWritten, rows_read: cursor.rowsRead };
    return standIn<D1Result>({ success: true, results, meta });
  } catch (error) {
    throw new Error(`D1_ERROR: ${error instanceof Error ? error.message : "unknown"}`, { cause: error });
  }
}
