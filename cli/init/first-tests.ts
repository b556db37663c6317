// The first tests of a first table: what it makes of an example today is what it has to make of it tomorrow. They pass
// until somebody changes the table, and then say what that has changed.

import type { CompiledTable } from "../../src/routing/compile.ts";
import type { DeliveryPreview } from "../../src/routing/preview.ts";
import { isJsonObject } from "../../src/voucherify/read-json.ts";
import { requestsFor, runTest } from "../table-tests/run.ts";
import { ANY_KEY, type Expectation, type TableTest } from "../table-tests/schema.ts";

/** The longest list or object that a test spells out, in characters of its JSON; a longer one is for nobody to read. */
const PART_LENGTH_MAX = 300;

/** What is given to see that the table lets other events be, if it does. */
const OTHER_EVENT = "voucher.created";

/** Tests of a table that pass, for one event of those that it takes and one of the others. */
export async function createFirstTests(table: CompiledTable, event: string): Promise<TableTest[]> {
  const requests = await requestsFor(table, { event }, "");
  const others = await requestsFor(table, { event: OTHER_EVENT }, "");
  const tests: TableTest[] = [];
  if (requests.ok && requests.value.length > 0) {
    const targets = requests.value.map(({ target }) => target).join(" and ");
    tests.push({
      name: `${event} becomes a request to ${targets}`,
      given: { event },
      expect: Object.fromEntries(requests.value.map((delivery) => [delivery.target, expectationOf(delivery)])),
    });
  }
  if (others.ok && others.value.length === 0) {
    tests.push({ name: `nobody hears of ${OTHER_EVENT}`, given: { event: OTHER_EVENT }, expect: {} });
  }
  const results = await Promise.all(tests.map(async (test) => runTest(table, test, "")));
  return tests.filter((_, index) => results[index]?.passed);
}

function expectationOf({ request, error }: DeliveryPreview): Expectation {
  if (error !== null) return { error: error.code };
  if (request === null) return "any";
  const { method, url, body } = request;
  return { method, url, ...(body !== null && { body: withoutLongParts(body) }) };
}

/** The outermost parts of a body that are too long are left to be whatever they are. */
function withoutLongParts(body: unknown): unknown {
  if (!isJsonObject(body)) return body;
  const isLong = (part: unknown): boolean => typeof part === "object" && JSON.stringify(part).length > PART_LENGTH_MAX;
  return Object.fromEntries(
    Object.entries(body).map(([name, part]) => [name, isLong(part) ? { [ANY_KEY]: true } : part]),
  );
}
