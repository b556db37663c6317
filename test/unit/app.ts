// The app as tests call it. Every answer of a call that is described is held against its description, whatever the test is
// about: its status, its shape without a field too many, and the code of its problem.

import { expect } from "vitest";
import * as v from "valibot";
import { ALWAYS, toldBy, type Told } from "../../src/admin/describe.ts";
import { app as signalbox } from "../../src/app.ts";
import { PROBLEMS, ProblemSchema, type ProblemCode } from "../../src/problem.ts";

/** The routes and `fetch` of the real app. */
export const app = { routes: signalbox.routes, fetch };

/** What is not described has its answer as the app gave it, without a turn more: some tests are about what comes next. */
function fetch(request: Request, ...rest: Bound): Response | Promise<Response> {
  const told = toldOf(request);
  return told.description === undefined ? signalbox.fetch(request, ...rest) : fetchAsDescribed(told, request, rest);
}

async function fetchAsDescribed(told: Told, request: Request, rest: Bound): Promise<Response> {
  const response = await signalbox.fetch(request, ...rest);
  await expectAsDescribed(`${request.method} ${new URL(request.url).pathname}`, told, response.clone());
  return response;
}

type Bound = Parameters<typeof signalbox.fetch> extends [Request, ...infer TRest] ? TRest : never;

/** What the handlers that the app would choose tell of their call. */
function toldOf({ method, url }: Request): Told {
  const [matched] = signalbox.router.match(method, new URL(url).pathname);
  const routes = matched.map(([[, route]]) => route);
  const own = routes.findLast((route) => route.method !== "ALL");
  return toldBy(routes.filter(({ path }) => path === own?.path).map(({ handler }) => handler));
}

async function expectAsDescribed(call: string, told: Told, response: Response): Promise<void> {
  const { description, problems = [] } = told;
  if (description === undefined) return;
  const { answer, orText, status = 200 } = description;
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("application/problem+json")) {
    expectProblem(call, [...ALWAYS, ...problems], response.status, await response.json());
  } else {
    expect([status].flat(), `the status of ${call}`).toContain(response.status);
    if (typeof answer === "string" || (orText !== undefined && type.startsWith(orText))) return;
    expectFits(`the answer to ${call}`, answer, await response.json());
  }
}

function expectProblem(call: string, codes: readonly ProblemCode[], status: number, problem: unknown): void {
  expectFits(`the problem of ${call}`, ProblemSchema, problem);
  const code = codes.find((one) => one === v.parse(ProblemSchema, problem).code);
  expect(code, `${call} does not say that it may answer ${JSON.stringify(problem)}`).toBeDefined();
  if (code !== undefined) expect(status, call).toBe(PROBLEMS[code][0]);
}

/** A schema leaves out what it does not name, so that a field too many is a difference. */
function expectFits(what: string, schema: v.GenericSchema, json: unknown): void {
  const parsed = v.safeParse(schema, json);
  expect(
    parsed.issues?.map((issue) => [v.getDotPath(issue), issue.message]),
    what,
  ).toBe(undefined);
  expect(json, what).toEqual(parsed.output);
}
