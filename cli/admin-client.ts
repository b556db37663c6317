// The admin API from Node: the few calls that the command line makes.

import * as v from "valibot";

const TableSchema = v.object({ version: v.number(), table: v.looseObject({}) });

const AttemptSchema = v.object({
  ms: v.number(),
  status: v.optional(v.number()),
  reason: v.optional(v.string()),
  detail: v.optional(v.string()),
  excerpt: v.optional(v.string()),
});

const TextPartsSchema = v.array(v.union([v.string(), v.object({ $secret: v.string() })]));

const RequestSchema = v.object({
  method: v.string(),
  url: TextPartsSchema,
  headers: v.array(v.tuple([v.string(), TextPartsSchema])),
  body: v.optional(TextPartsSchema),
});

const SummarySchema = v.object({
  id: v.string(),
  receivedAt: v.string(),
  inlet: v.string(),
  state: v.string(),
  reason: v.nullable(v.string()),
  event: v.nullable(v.object({ type: v.string() })),
  sendoutRef: v.nullable(v.string()),
  tableVersion: v.nullable(v.number()),
  planned: v.array(v.object({ target: v.string(), route: v.string() })),
});
export type Summary = v.InferOutput<typeof SummarySchema>;

const RecordSchema = v.object({
  ...SummarySchema.entries,
  deliveries: v.array(
    v.object({
      id: v.string(),
      target: v.string(),
      route: v.string(),
      state: v.string(),
      attempts: v.array(AttemptSchema),
      request: v.nullable(RequestSchema),
    }),
  ),
});
export type SendoutRecord = v.InferOutput<typeof RecordSchema>;
export type Delivery = SendoutRecord["deliveries"][number];

const ListSchema = v.object({ sendouts: v.array(SummarySchema), next: v.nullable(v.string()) });
const RecoveredSchema = v.object({ sendouts: v.number(), orphans: v.number(), sent: v.number() });
const ProblemSchema = v.object({ code: v.string(), detail: v.string() });

/** Talks to one router's admin API. Every method throws an Error with the problem's sentence when refused. */
export class AdminClient {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#headers = { authorization: `Bearer ${token}` };
  }

  async table(): Promise<v.InferOutput<typeof TableSchema>> {
    return v.parse(TableSchema, await this.#json("GET", "/admin/table"));
  }

  /** Publishes over the version that was read; a version published in between is not overwritten. */
  async publish(table: unknown, version: number): Promise<void> {
    await this.#json("PUT", "/admin/table", table, { "if-match": `"${version}"` });
  }

  /** Sends again what a queue has lost. Returns how many sendouts and deliveries that were. */
  async recover(): Promise<v.InferOutput<typeof RecoveredSchema>> {
    return v.parse(RecoveredSchema, await this.#json("POST", "/admin/sweep", { recover: true }));
  }

  /** The newest sendouts received at or after an instant. */
  async sendoutsSince(since: string, limit: number): Promise<Summary[]> {
    const query = new URLSearchParams({ since, limit: String(limit) });
    return v.parse(ListSchema, await this.#json("GET", `/admin/sendouts?${query}`)).sendouts;
  }

  /** One sendout; undefined while it is not in the ledger. */
  async sendout(id: string): Promise<SendoutRecord | undefined> {
    const answer = await this.#fetch("GET", `/admin/sendouts/${encodeURIComponent(id)}`);
    return answer.status === 404 ? undefined : v.parse(RecordSchema, await answer.json());
  }

  async #json(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<unknown> {
    const answer = await this.#fetch(method, path, body, headers);
    if (answer.ok) return answer.json();
    const problem = v.safeParse(ProblemSchema, await answer.json().catch(() => undefined));
    throw new Error(problem.success ? problem.output.detail : `the admin API answered ${answer.status}`);
  }

  async #fetch(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response> {
    return fetch(this.#url + path, {
      method,
      headers: { ...this.#headers, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
