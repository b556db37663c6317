// Running a table's tests: what each expects against what the table makes of what it gives.

import type { CompiledTable } from "../../src/routing/compile.ts";
import { failure, success, type Result } from "../../src/result.ts";
import { diffValues, type ValueChange } from "../../src/routing/diff-values.ts";
import { identifySendout } from "../../src/routing/identify.ts";
import { previewSendout, type DeliveryPreview } from "../../src/routing/preview.ts";
import { isJsonObject } from "../../src/voucherify/read-json.ts";
import { normalise } from "../../src/voucherify/normalise.ts";
import { bodyOf } from "./given.ts";
import { ANY_KEY, type Expectation, type TableTest } from "./schema.ts";

/** How a test ended. */
export interface TestResult {
  name: string;
  passed: boolean;
  /** What was not as expected, a sentence each. */
  problems: string[];
}

/** When a test's sendout is taken to have been received: no request may depend on when somebody runs it. */
const RECEIVED_AT = Date.UTC(2026, 0, 1);

/**
 * Runs one test. Never throws: what a test cannot be run for is a problem of it.
 *
 * @param testsFile the file it stands in
 */
export async function runTest(table: CompiledTable, test: TableTest, testsFile: string): Promise<TestResult> {
  const problems = await findProblems(table, test, testsFile);
  return { name: test.name, passed: problems.length === 0, problems };
}

async function findProblems(table: CompiledTable, test: TableTest, testsFile: string): Promise<string[]> {
  const requests = await requestsFor(table, test.given, testsFile);
  if (!requests.ok) return [`given: ${requests.detail}`];
  const unknown = Object.keys(test.expect).filter((target) => !table.targets.has(target));
  return [
    ...unknown.map((target) => `${target}: the table has no such target.`),
    ...requests.value.flatMap((delivery) => compare(test.expect[delivery.target], delivery)),
    ...Object.keys(test.expect)
      .filter((target) => !unknown.includes(target) && !requests.value.some((delivery) => delivery.target === target))
      .map((target) => `${target}: expected a request, but no route brings it one.`),
  ];
}

/** What a table makes of what a test gives, target by target. */
export async function requestsFor(
  table: CompiledTable,
  given: TableTest["given"],
  testsFile: string,
): Promise<Result<DeliveryPreview[], "given_invalid">> {
  const body = await bodyOf(given, testsFile);
  if (!body.ok) return body;
  const inlet = given.inlet ?? "voucherify";
  const definition = table.inlets.get(inlet);
  if (definition === undefined) return failure("given_invalid", `the table has no inlet ${inlet}.`);
  const event = normalise(body.value, { expected: definition.expects });
  if (!event.ok) return failure("given_invalid", `the body is not understood: ${event.detail} (${event.reason}).`);
  const { id } = await identifySendout(inlet, body.value, event);
  const receivedAt = event.value.occurredAt ?? RECEIVED_AT;
  const source = { event: event.value, received: body.value, receivedAt, sendoutId: id };
  return success((await previewSendout(table, inlet, source)).deliveries);
}

function compare(expected: Expectation | undefined, { target, route, request, error }: DeliveryPreview): string[] {
  if (expected === undefined) return [`${target}: expected no request, but the route ${route} brings it one.`];
  if (error !== null) {
    const isExpected = expected !== "any" && "error" in expected && expected.error === error.code;
    return isExpected ? [] : [`${target}: cannot be rendered: ${error.detail} (${error.code}).`];
  }
  if (expected === "any") return [];
  if ("error" in expected) return [`${target}: expected the error ${expected.error}, but it can be rendered.`];
  const wanted = { ...expected, ...(expected.headers && { headers: lowerCased(expected.headers) }) };
  const actual = pick({ ...request, headers: pick(request?.headers ?? {}, wanted.headers ?? {}) }, wanted);
  return diffValues(withoutAny(wanted, actual), actual).map((change) => `${target}: ${explain(change)}`);
}

/** Headers have no case. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** What there is of what is wanted; the rest does not matter. */
function pick(parts: object, wanted: object): object {
  return Object.fromEntries(Object.entries(parts).filter(([name]) => Object.hasOwn(wanted, name)));
}

/** What was expected, with what there is in the places of `{"$any": true}`. */
function withoutAny(expected: unknown, actual: unknown): unknown {
  if (Array.isArray(expected)) {
    return expected.map((item, index) => withoutAny(item, Array.isArray(actual) ? actual[index] : undefined));
  }
  if (!isJsonObject(expected)) return expected;
  if (expected[ANY_KEY] === true && Object.keys(expected).length === 1 && actual !== undefined) return actual;
  const inner = (key: string): unknown => (isJsonObject(actual) ? actual[key] : undefined);
  return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, withoutAny(value, inner(key))]));
}

function explain({ path, before, after }: ValueChange): string {
  if (after === undefined) return `${path}: expected ${JSON.stringify(before)}, but there is nothing.`;
  if (before === undefined) return `${path}: expected nothing, got ${JSON.stringify(after)}.`;
  return `${path}: expected ${JSON.stringify(before)}, got ${JSON.stringify(after)}.`;
}
