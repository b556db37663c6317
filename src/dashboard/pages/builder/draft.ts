// What somebody builds: a target in the making, with the parts that forms edit apart and all others kept as they are. It
// outlives a reload, so there is no payload and no secret in it. Pure.

import * as v from "valibot";
import { parseDocument } from "../../editor/json-places.ts";

const RecordSchema = v.record(v.string(), v.unknown());

const HeaderSchema = v.object({ name: v.string(), value: v.unknown() });

const DraftSchema = v.object({
  /** The target's name; empty until somebody has thought of one. */
  name: v.string(),
  /** Undefined until somebody has chosen between a recipe and a request of their own. */
  kind: v.optional(v.picklist(["recipe", "request"])),
  recipe: v.string(),
  settings: v.record(v.string(), v.string()),
  /** Names of secrets, by the recipe's. */
  secrets: v.record(v.string(), v.string()),
  method: v.string(),
  url: v.string(),
  /** In their order; a value may be more than text. */
  headers: v.array(HeaderSchema),
  encoding: v.picklist(["json", "form", "text"]),
  /** As it is written, which may be no JSON yet. */
  body: v.string(),
  auth: RecordSchema,
  /** What no form shows: of the request, and of the target. */
  moreOfRequest: RecordSchema,
  more: RecordSchema,
});
export type Draft = v.InferOutput<typeof DraftSchema>;
export type HeaderLine = v.InferOutput<typeof HeaderSchema>;

/** Nothing yet. */
export const EMPTY_DRAFT: Draft = {
  name: "",
  recipe: "",
  settings: {},
  secrets: {},
  method: "POST",
  url: "",
  headers: [],
  encoding: "json",
  body: "",
  auth: { type: "none" },
  moreOfRequest: {},
  more: {},
};

/** A draft that uses a recipe as it ships. */
export function draftOfRecipe(recipe: string): Draft {
  return { ...EMPTY_DRAFT, kind: "recipe", recipe };
}

/** A request of one's own, with nothing in it. */
export const REQUEST_DRAFT: Draft = { ...EMPTY_DRAFT, kind: "request" };

const TargetSchema = v.looseObject({
  recipe: v.optional(v.string()),
  settings: v.optional(v.record(v.string(), v.string())),
  secrets: v.optional(v.record(v.string(), v.string())),
  auth: v.optional(RecordSchema),
  request: v.optional(
    v.looseObject({
      method: v.optional(v.string()),
      url: v.string(),
      headers: v.optional(RecordSchema),
      encoding: v.optional(v.picklist(["json", "form", "text"])),
      body: v.optional(v.unknown()),
    }),
  ),
});

/** A target of the table, to go on with. Undefined where it is not one that forms can show. */
export function draftOf(name: string, definition: unknown): Draft | undefined {
  const parsed = v.safeParse(TargetSchema, definition);
  if (!parsed.success) return undefined;
  const { recipe, settings, secrets, auth, request, ...more } = parsed.output;
  if (recipe !== undefined) {
    const rest = { ...more, ...(auth !== undefined && { auth }), ...(request !== undefined && { request }) };
    return { ...draftOfRecipe(recipe), name, settings: settings ?? {}, secrets: secrets ?? {}, more: rest };
  }
  const kept = { ...more, ...(settings !== undefined && { settings }), ...(secrets !== undefined && { secrets }) };
  const { method = "POST", url = "", headers = {}, encoding = "json", body, ...moreOfRequest } = request ?? {};
  return {
    ...REQUEST_DRAFT,
    name,
    method,
    url,
    headers: Object.entries(headers).map(([header, value]) => ({ name: header, value })),
    encoding,
    body: body === undefined ? "" : encoding === "text" && typeof body === "string" ? body : writeJson(body),
    auth: auth ?? EMPTY_DRAFT.auth,
    moreOfRequest,
    more: kept,
  };
}

/** JSON as people write it. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** The target that a draft is, or what keeps it from being one. */
export type Drafted = { ok: true; target: Record<string, unknown> } | { ok: false; message: string };

/** What the table would have of a draft. What is as it is when left out, is left out. */
export function targetOf(draft: Draft): Drafted {
  if (draft.kind === undefined) return { ok: false, message: "Choose where it goes first." };
  if (draft.kind === "recipe") {
    const { recipe, settings, secrets, more } = draft;
    return { ok: true, target: { ...more, recipe, ...unlessEmpty({ settings, secrets }) } };
  }
  if (draft.url.trim() === "") return { ok: false, message: "Write the URL that it goes to." };
  const body = bodyOf(draft);
  if (body === undefined) return { ok: false, message: "The body is no JSON yet." };
  const { method, url, encoding, auth, moreOfRequest, more } = draft;
  const headers = Object.fromEntries(
    draft.headers.filter(({ name }) => name !== "").map(({ name, value }) => [name, value]),
  );
  const request = {
    ...(method !== "POST" && { method }),
    url: url.trim(),
    ...moreOfRequest,
    ...unlessEmpty({ headers }),
    ...(encoding !== "json" && { encoding }),
    ...body,
  };
  return { ok: true, target: { ...more, request, ...(auth["type"] !== "none" || "mtls" in auth ? { auth } : {}) } };
}

function unlessEmpty(parts: Record<string, object>): Record<string, object> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0));
}

/** Undefined where it cannot be read. */
function bodyOf({ encoding, body }: Draft): { body?: unknown } | undefined {
  if (body.trim() === "") return {};
  if (encoding === "text") return { body };
  const parsed = parseDocument(body);
  return parsed && { body: parsed.value };
}

const KeptSchema = v.object({
  draft: DraftSchema,
  /** What it began with, to tell whether the target has become another since. */
  beganWith: v.string(),
});
/** A draft as it is kept. */
export type Kept = v.InferOutput<typeof KeptSchema>;

/** A draft that was kept; undefined where that is not one. */
export function readKept(text: string): Kept | undefined {
  try {
    const parsed = v.safeParse(KeptSchema, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined; // whatever another version of the page has kept there
  }
}
