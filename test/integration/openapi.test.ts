// The published OpenAPI document from outside: it is what the sources give, others' tools take it for what it says it is, its
// examples are true, and a client that a public generator makes of it compiles.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { generate } from "openapi-typescript-codegen";
import { afterAll, expect, it } from "vitest";
import { generateOpenApi } from "../../scripts/openapi/generate.ts";
import type { Media, OpenApi } from "../../scripts/reference/document.ts";
import { referencePage } from "../../scripts/reference/page.ts";

const TEXT = readFileSync("schema/openapi.json", "utf8");
const DOCUMENT = JSON.parse(TEXT) as OpenApi;

it("is what the sources give, and so is the reference page; else run: npm run generate", async () => {
  const generated = await generateOpenApi();
  expect(DOCUMENT).toEqual(generated);
  expect(TEXT).toBe(`${JSON.stringify(generated, null, 2)}\n`);
  expect(readFileSync("schema/reference.html", "utf8")).toBe(await referencePage(generated));
});

it("is valid by OpenAPI's own schema", async () => {
  const validator = new Validator();
  expect(await validator.validate(TEXT)).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
});

/** Every body of a request or answer that has an example, with the place of its schema in the document. */
const EXAMPLES = Object.entries(DOCUMENT.paths).flatMap(([path, calls]) =>
  Object.entries(calls).flatMap(([method, { requestBody, responses }]) => {
    const bodies: [keys: string[], content: Readonly<Record<string, Media>>][] = [
      [["requestBody"], requestBody?.content ?? {}],
      ...Object.entries(responses).map(([status, { content = {} }]): [string[], Readonly<Record<string, Media>>] => [
        ["responses", status],
        content,
      ]),
    ];
    return bodies.flatMap(([keys, content]) =>
      Object.entries(content).flatMap(([type, { example }]) =>
        example === undefined
          ? []
          : [
              {
                name: `${method} ${path} ${keys.join(" ")}`,
                place: ["paths", path, method, ...keys, "content", type],
                example,
              },
            ],
      ),
    );
  }),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats(ajv);
ajv.addSchema({ ...DOCUMENT, $id: "https://signalbox.example.com/openapi" });

it.each(EXAMPLES)("the example of $name is valid by its schema", ({ place, example }) => {
  const pointer = [...place, "schema"].map((key) => key.replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
  const isValid = ajv.compile({ $ref: `https://signalbox.example.com/openapi#/${encodeURI(pointer)}` });
  expect([isValid(example), isValid.errors]).toEqual([true, null]);
});

it("has an example of every JSON body that a call takes", () => {
  const lacking = Object.entries(DOCUMENT.paths).flatMap(([path, calls]) =>
    Object.entries(calls).flatMap(([method, { requestBody }]) => {
      const media = requestBody?.content["application/json"];
      return media !== undefined && media.example === undefined ? [`${method} ${path}`] : [];
    }),
  );
  expect(lacking).toEqual([]);
});

mkdirSync(".tmp", { recursive: true });
const folder = mkdtempSync(".tmp/client-");
afterAll(() => rmSync(folder, { recursive: true }));

/** What somebody writes who uses the client. The last line asks for a field that no token has. */
const USE = `import { OpenAPI, TokensService, type Token } from "./client/index";
OpenAPI.BASE = "https://signalbox.example.com";
OpenAPI.TOKEN = "sbx_…";
const made = await TokensService.postAdminTokens({ requestBody: { name: "Mira", scopes: ["read"] } });
const { tokens } = await TokensService.getAdminTokens();
export const texts: string[] = [made.token, ...tokens.map((token: Token) => token.createdAt)];
// @ts-expect-error -- a scope that there is not
await TokensService.postAdminTokens({ requestBody: { name: "Mira", scopes: ["everything"] } });
`;

it("a client that is generated from it compiles, and knows what may be asked", async () => {
  await generate({
    input: "schema/openapi.json",
    output: join(folder, "client"),
    httpClient: "fetch",
    useOptions: true,
  });
  writeFileSync(join(folder, "use.ts"), USE);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2024",
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["esnext", "dom"],
    types: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["."] }));
  const { stdout, status } = spawnSync("node_modules/.bin/tsc", ["-p", folder], { encoding: "utf8" });
  expect([stdout, status]).toEqual(["", 0]);
});
