// The OpenAPI document of the admin API, made from its routes: what each tells of itself (src/admin/describe.ts), the scopes
// that it needs (src/admin/access.ts), and the problems it may answer with (src/problem.ts).
// https://spec.openapis.org/oas/v3.1.1.html (read 2026-11-29)

import { Hono, type Handler } from "hono";
import type { RouterRoute } from "hono/types";
import { describeRoute, generateSpecs, resolver, validator, type DescribeRouteOptions } from "hono-openapi";
import type { OpenAPIV3_1 } from "openapi-types";
import * as v from "valibot";
import packageJson from "../../package.json" with { type: "json" };
import { NEEDS } from "../../src/admin/access.ts";
import { toldBy, type Description, type Told } from "../../src/admin/describe.ts";
import { COOKIE_NAME, CSRF_HEADER } from "../../src/admin/session-cookie.ts";
import { ProblemSchema } from "../../src/problem.ts";
import { COMMON_RESPONSES, refusals } from "./refusals.ts";
import { RESOURCES } from "./resources.ts";

/** A request is described as it is sent, before anything in it is transformed; and so is an answer, after that. */
const INPUT = { options: { typeMode: "input" } };
const OUTPUT = { options: { typeMode: "output" } };

/** One call of the API: its method, its path, and all that its handlers tell of it. */
interface Call {
  method: string;
  path: string;
  told: Told;
}

/**
 * Makes the document.
 *
 * @throws when a call is not described, or its resource has no sentence in resources.ts
 */
export async function openApiDocument(app: { routes: RouterRoute[] }): Promise<object> {
  const described = new Hono();
  const calls = callsOf(app.routes);
  for (const call of calls) described.on(call.method, [call.path], ...partsOf(call));
  const problem = await resolver(ProblemSchema, OUTPUT).toOpenAPISchema();
  const document = await generateSpecs(described, {
    // Ours is a problem, which every call names by itself.
    defaultValidationErrorResponse: false,
    documentation: {
      info: INFO,
      servers: [{ url: "/", description: "The Worker that serves this document." }],
      tags: RESOURCES.map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: { token: TOKEN, session: SESSION },
        responses: COMMON_RESPONSES,
        schemas: { ...problem.components?.schemas },
      },
    },
  });
  for (const call of calls) explainQuery(call, document.paths);
  return { ...document, openapi: "3.1.1" };
}

const INFO = {
  title: "Signalbox admin API",
  version: packageJson.version,
  description:
    "Everything that an integration engineer and an operator do with a Signalbox. Answers are JSON; errors are problem details (RFC 9457) with a stable `code`. Instants are ISO 8601 in UTC.",
  license: { name: "MIT", identifier: "MIT" },
};

const TOKEN = {
  type: "http",
  scheme: "bearer",
  description:
    "The Worker secret SIGNALBOX_ADMIN_TOKEN, which opens everything, or a token made with `POST /admin/tokens`. The scopes beside a call are those that a token needs, all of them; `admin` stands for each.",
} as const;

const SESSION = {
  type: "apiKey",
  in: "cookie",
  name: COOKIE_NAME,
  description: `What \`POST /admin/session\` sets. Every call that is no GET has to send the session's \`csrf\` as ${CSRF_HEADER}.`,
} as const;

/** Every call that needs a token, in the order of the routes. */
function callsOf(routes: readonly RouterRoute[]): Call[] {
  const called = routes.filter(
    ({ method, path }) => method !== "ALL" && (path.startsWith("/admin/") || Object.hasOwn(NEEDS, `${method} ${path}`)),
  );
  const byCall = Map.groupBy(called, ({ method, path }) => `${method} ${path}`);
  return [...byCall.values()].flatMap((same) =>
    same.slice(0, 1).map(({ method, path }) => ({ method, path, told: toldBy(same.map(({ handler }) => handler)) })),
  );
}

/** What hono-openapi reads a call from. */
function partsOf(call: Call): [Handler, ...Handler[]] {
  const { description, query } = call.told;
  if (description === undefined) throw new Error(`${call.method} ${call.path} is not described: see describe.ts`);
  const parameters = query === undefined ? [] : [validator("query", query, undefined, INPUT)];
  return [describeRoute(specOf(call, description)), ...parameters];
}

function specOf({ method, path, told }: Call, description: Description): DescribeRouteOptions {
  const scopes = NEEDS[`${method} ${path}`] ?? ["admin"];
  const body = description.body ?? told.body;
  const example = description.example?.body;
  const needs = scopes.length === 0 ? "no scope" : scopes.map((scope) => `\`${scope}\``).join(" and ");
  return {
    tags: [resourceOf(path)],
    summary: description.summary,
    description: [description.description, `Needs ${needs}.`].filter((text) => text !== undefined).join("\n\n"),
    security: ["token", "session"].map((scheme) => ({ [scheme]: [...scopes] })),
    parameters: parametersOf(description),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: {
          "application/json": { schema: resolver(body, INPUT), ...(example !== undefined && { example }) },
        },
      },
    }),
    responses: { ...answers(description), ...refusals(told.problems ?? []) },
  };
}

/**
 * Gives parameters of the query the descriptions that conversion loses: those behind a transformation, which would be of
 * what comes out of it.
 */
function explainQuery({ method, path, told }: Call, paths: OpenAPIV3_1.PathsObject): void {
  const key = path.replaceAll(/:(\w+)/g, "{$1}");
  const operation = Object.entries(paths[key] ?? {}).find(([name]) => name === method.toLowerCase())?.[1];
  const { parameters = [] } = operation as OpenAPIV3_1.OperationObject; // under a method there is nothing else
  const entries = told.query !== undefined && "entries" in told.query ? Object(told.query.entries) : {};
  for (const parameter of parameters) {
    if ("$ref" in parameter || parameter.in !== "query" || parameter.description !== undefined) continue;
    const description = describedIn(entries[parameter.name]);
    if (description !== undefined) parameter.description = description;
  }
}

function describedIn(schema: v.GenericSchema): string | undefined {
  return v.getDescription(schema) ?? ("wrapped" in schema ? describedIn(schema.wrapped as v.GenericSchema) : undefined);
}

function resourceOf(path: string): string {
  const name = path.split("/").find((part) => part !== "" && part !== "admin") ?? "";
  if (RESOURCES.some(([known]) => known === name)) return name;
  throw new Error(`${path}: the resource ${name} has no sentence in scripts/openapi/resources.ts`);
}

function parametersOf({ path = {}, headers = {} }: Description): NonNullable<DescribeRouteOptions["parameters"]> {
  const schema = { type: "string" } as const;
  return [
    ...Object.entries(path).map(([name, description]) => ({
      in: "path",
      name,
      required: true,
      description,
      schema,
    })),
    ...Object.entries(headers).map(([name, description]) => ({ in: "header", name, description, schema })),
  ];
}

function answers({ answer, orText, status = 200, example }: Description): DescribeRouteOptions["responses"] {
  const text = { schema: { type: "string" } } as const;
  const shown = example?.answer === undefined ? {} : { example: example.answer };
  const content = {
    ...(typeof answer === "string"
      ? { [answer]: text }
      : { "application/json": { schema: resolver(answer, OUTPUT), ...shown } }),
    ...(orText !== undefined && { [orText]: text }),
  };
  return Object.fromEntries([status].flat().map((one) => [one, { description: "Done.", content }]));
}
