// Two databases as one, for whoever looks at a spread ledger from outside: what is asked is asked of both, what is found is
// put together, and what is prepared is prepared in both. The Worker itself gets each of them.

import { standIn } from "./stand-in.ts";

/** Databases as one. Numbers that are asked for alone, like a count, are added up. */
export function createSpreadLedger(databases: readonly D1Database[]): D1Database {
  const statements = new WeakMap<object, (db: D1Database) => D1PreparedStatement>();

  const prepare = (sql: string, values: readonly unknown[] = []): D1PreparedStatement => {
    const of = (db: D1Database) => (values.length === 0 ? db.prepare(sql) : db.prepare(sql).bind(...values));
    const all = async () => together(await Promise.all(databases.map(async (db) => of(db).all())));
    const statement = {
      bind: (...bound: unknown[]) => prepare(sql, bound),
      all,
      run: all,
      first: async () => {
        const { results } = await all();
        return results.length === 0 ? null : results.reduce(add);
      },
    };
    statements.set(statement, of);
    return standIn<D1PreparedStatement>(statement);
  };

  const batch = async (list: readonly D1PreparedStatement[]) => {
    const answers = await Promise.all(
      databases.map(async (db) =>
        db.batch<Row>(
          list.map((statement) => {
            const of = statements.get(statement);
            if (of === undefined) throw new Error("the statement belongs to another database");
            return of(db);
          }),
        ),
      ),
    );
    return list.map((_, index) => together(answers.flatMap((results) => results[index] ?? [])));
  };
  return standIn<D1Database>({ prepare, batch });
}

type Row = Record<string, unknown>;

function together(answers: readonly D1Result<unknown>[]): D1Result<Row> {
  const results = answers.flatMap((answer) => answer.results as Row[]); // rows of D1 are objects
  return standIn<D1Result<Row>>({ success: true, results, meta: answers[0]?.meta });
}

function add(one: Row, other: Row): Row {
  return Object.fromEntries(
    Object.entries(one).map(([name, value]) => {
      const more = other[name];
      return [name, typeof value === "number" && typeof more === "number" ? value + more : value];
    }),
  );
}
