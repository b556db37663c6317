// What somebody wants previewed: a logged, pasted or example sendout, against the table in force or a draft.

import type { Context } from "hono";
import * as v from "valibot";

import { explainIssue, type Issue } from "../issues.ts";
import { encodeUtf8, GONE_BECAUSE, goneFrom, readColumn } from "../ledger/content.ts";
import { findSendout } from "../ledger/find-sendout.ts";
import { problem, type ProblemResponse } from "../problem.ts";
import { compileTable, type CompiledTable } from "../routing/compile.ts";
import { compileTarget, type CompiledTarget } from "../routing/compile-target.ts";
import type { PreviewSource } from "../routing/preview.ts";
import { newestTable } from "../routing/table-store.ts";
import { TargetSchema } from "../routing/table.ts";
import { exampleSendout } from "../voucherify/examples.ts";
import { normalise } from "../voucherify/normalise.ts";
import type { AdminEnv } from "./access.ts";

type PreviewContext = Context<AdminEnv>;

/** Largest request body, in bytes: a table and a sendout. */
export const PREVIEW_BYTES_MAX = 3 * 1024 * 1024;

/** What a draft target is called in its preview. */
const DRAFT = "draft";

const SendoutSchema = v.union([
  v.strictObject({ id: v.pipe(v.string(), v.description("A logged sendout: so_…, acc_… or whs_….")) }),
  v.strictObject({
    example: v.pipe(v.string(), v.description("An event type of the catalogue.")),
    version: v.optional(v.picklist(["v2024-01-01", "v2018-08-01"])),
  }),
  v.strictObject({ body: v.pipe(v.unknown(), v.description("A pasted sendout: JSON, or its text.")) }),
]);

/** The body of a preview and of a test send. */
export const PreviewRequestSchema = v.strictObject({
  sendout: SendoutSchema,
  inlet: v.optional(
    v.pipe(v.string(), v.description("The inlet it came in at; a logged one's own, else the table's first.")),
  ),
  table: v.optional(v.pipe(v.unknown(), v.description("A draft of a table; the one in force when left out."))),
  target: v.optional(
    v.union([
      v.pipe(v.string(), v.description("The name of a target of the table.")),
      v.pipe(v.record(v.string(), v.unknown()), v.description("A draft of a target.")),
    ]),
  ),
});
type PreviewRequest = v.InferOutput<typeof PreviewRequestSchema>;

/** What is to be previewed. */
export interface Asked {
  /** Whether it was received, and is not what the caller has given. */
  isLogged: boolean;
  table: CompiledTable;
  inlet: string;
  source: PreviewSource;
  target: CompiledTarget | undefined;
}

/** What can be wrong with what somebody wants previewed, beside its form. */
type Refusal = ProblemResponse<"payload_gone" | "request_invalid" | "table_invalid" | "not_found">;

/** Reads what is to be previewed; a response when something about it is wrong. */
export async function readPreviewRequest(c: PreviewContext, asked: PreviewRequest): Promise<Asked | Refusal> {
  const table = await readTable(c, asked);
  if (table instanceof Response) return table;
  const sendout = await readSendout(c, asked, table);
  if (sendout instanceof Response) return sendout;
  const target = readTarget(c, asked, table);
  if (target instanceof Response) return target;
  return { isLogged: "id" in asked.sendout, table, ...sendout, target };
}

async function readTable(c: PreviewContext, { table }: PreviewRequest): Promise<CompiledTable | Refusal> {
  if (table === undefined) return (await newestTable(c.env, Date.now())).table;
  const compiled = compileTable(table);
  return compiled.ok ? compiled.value : problem(c, "table_invalid", { errors: compiled.issues.map(inTable) });
}

function inTable({ path, message }: Issue): Issue {
  return { path: `table.${path}`, message };
}

async function readSendout(
  c: PreviewContext,
  { sendout, inlet }: PreviewRequest,
  table: CompiledTable,
): Promise<{ source: PreviewSource; inlet: string } | Refusal> {
  const found = "id" in sendout ? await loggedSendout(c, sendout.id) : madeSendout(sendout);
  if (found instanceof Response) return found;
  if (found === undefined) return problem(c, "not_found");
  const at = inlet ?? found.inlet ?? [...table.inlets.keys()][0] ?? "";
  const event = normalise(found.bytes, { expected: table.inlets.get(at)?.expects });
  if (!event.ok) {
    const message = `it is not understood (${event.reason}): ${event.detail}`;
    return problem(c, "request_invalid", { errors: [{ path: "sendout", message }] });
  }
  const { receivedAt, id, bytes } = found;
  return { inlet: at, source: { event: event.value, received: bytes, receivedAt, sendoutId: id } };
}

interface FoundSendout {
  id: string;
  bytes: Uint8Array<ArrayBuffer>;
  receivedAt: number;
  inlet?: string;
}

async function loggedSendout(c: PreviewContext, id: string): Promise<FoundSendout | Refusal | undefined> {
  const found = await findSendout(c.env, id);
  if (found === undefined) return undefined;
  const gone = goneFrom(found.sendout.body);
  if (gone !== undefined) return problem(c, "payload_gone", { detail: `The sendout's payload ${GONE_BECAUSE[gone]}.` });
  const bytes = await readColumn(found.sendout.body, c.env);
  if (bytes === undefined) return undefined;
  return { id: found.sendout.id, bytes, receivedAt: found.sendout.received_at, inlet: found.sendout.inlet };
}

/** A sendout that was never received: an example, or one that somebody pasted. */
function madeSendout(sendout: Exclude<PreviewRequest["sendout"], { id: string }>): FoundSendout | undefined {
  const content = "body" in sendout ? sendout.body : exampleSendout(sendout.example, versionOf(sendout.version));
  if (content === undefined) return undefined;
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return { id: TEST_SENDOUT_ID, bytes: encodeUtf8(text), receivedAt: Date.now() };
}

function versionOf(version: "v2024-01-01" | "v2018-08-01" | undefined) {
  return version === undefined ? {} : { version };
}

/** Stands for a sendout that is in no ledger. */
const TEST_SENDOUT_ID = "so_00000000000000000000000000000000";

function readTarget(
  c: PreviewContext,
  { target }: PreviewRequest,
  table: CompiledTable,
): CompiledTarget | Refusal | undefined {
  if (target === undefined) return undefined;
  if (typeof target === "string") {
    const errors = [{ path: "target", message: `the table has no target "${target}"` }];
    return table.targets.get(target) ?? problem(c, "request_invalid", { errors });
  }
  const parsed = v.safeParse(TargetSchema, target);
  const issues: Issue[] = parsed.success ? [] : parsed.issues.flatMap(explainIssue);
  const compiled = parsed.success ? compileTarget(DRAFT, parsed.output, issues) : undefined;
  if (compiled !== undefined && issues.length === 0) return compiled;
  const errors = issues.map(({ path, message }) => ({
    // The schema's places begin at the target, those of compiling at the table that it would stand in.
    path: `target.${path.replace(/^targets\.draft\.?/, "")}`.replace(/\.$/, ""),
    message,
  }));
  return problem(c, "table_invalid", { errors });
}
