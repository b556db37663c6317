// What the admin API answers when it does not do what it was asked: problem details (docs/errors.md), or nothing at all.

import * as v from "valibot";

/** The parts of a problem that a page shows. `errors` name places of what was sent. */
const ProblemSchema = v.object({
  status: v.number(),
  code: v.string(),
  detail: v.string(),
  errors: v.optional(v.array(v.object({ path: v.string(), message: v.string() })), []),
});
type Problem = v.InferOutput<typeof ProblemSchema>;

/** A call that was refused or did not get through. The message is a sentence for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  /** The stable code; `unreachable` where nobody answered, `answer_unclear` where somebody else did. */
  readonly code: string;
  readonly status: number;
  readonly errors: readonly { path: string; message: string }[];

  constructor(code: string, detail: string, status: number, errors: ApiError["errors"] = [], options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
    this.status = status;
    this.errors = errors;
  }
}

/** The error of an answer that is no success. */
export function toApiError(body: unknown, status: number): ApiError {
  const parsed = v.safeParse(ProblemSchema, body);
  if (!parsed.success)
    return new ApiError("answer_unclear", `The router answered ${status} and did not say why.`, status);
  const { code, detail, errors }: Problem = parsed.output;
  return new ApiError(code, detail, status, errors);
}

/** The error of a call that nobody answered. */
export function unreachable(cause: unknown): ApiError {
  const detail = "The router cannot be reached. Look at your connection; this page goes on by itself once it answers.";
  return new ApiError("unreachable", detail, 0, [], { cause });
}

/** The same for whatever was thrown. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiError("page_failed", detail, 0, [], { cause: error });
}

/** Whether nobody answered, so that the same may be answered later. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ApiError && error.code === "unreachable";
}
