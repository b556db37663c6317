// Why a router did not do what a command asked of it, in words that its user can act on, and the exit code that tells a
// script the same.

import * as v from "valibot";
import { ProblemSchema } from "../../src/problem.ts";

/** 1 there is no such thing, 2 wrongly asked, 3 no answer to be had, 4 refused, 5 in conflict with what there is. */
export type RouterExitCode = 1 | 2 | 3 | 4 | 5;

/** What a script and a person are told. */
export interface RouterComplaint {
  /** One of docs/errors.md's codes, or of docs/cli.md's where no router has answered. */
  reason: string;
  detail: string;
  /** Places of the request and what is expected there. */
  errors?: readonly { path: string; message: string }[];
  /** What to do, where `detail` does not say. */
  remedy?: string;
}

/** A call that did not succeed. */
export class RouterError extends Error {
  override readonly name = "RouterError";
  readonly complaint: RouterComplaint;
  readonly exitCode: RouterExitCode;

  constructor(complaint: RouterComplaint, exitCode: RouterExitCode, cause?: unknown) {
    super(complaint.detail, { cause });
    this.complaint = complaint;
    this.exitCode = exitCode;
  }
}

/** The error of an answer that is a problem by RFC 9457; undefined when it is none of a router's. */
export function toRouterError(status: number, text: string): RouterError | undefined {
  const problem = v.safeParse(v.pipe(v.string(), v.parseJson(), ProblemSchema), text);
  if (!problem.success) return undefined;
  const { code, detail, errors } = problem.output;
  const remedy = REMEDIES[code];
  const complaint = { reason: code, detail, ...(errors && { errors }), ...(remedy !== undefined && { remedy }) };
  return new RouterError(complaint, CLOSED.has(code) ? 4 : exitCodeOf(status));
}

/** Codes that refuse everybody, though their status calls it unavailable. */
const CLOSED: ReadonlySet<string> = new Set(["admin_disabled"]);

function exitCodeOf(status: number): RouterExitCode {
  if (status === 401 || status === 403) return 4;
  if (status === 404) return 1;
  if (status === 409) return 5;
  return status === 429 || status >= 500 ? 3 : 2;
}

/** What the router's own sentence cannot know: how this command is given its token. */
const REMEDIES: Readonly<Record<string, string>> = {
  token_missing: "Put the token into the variable SIGNALBOX_ADMIN_TOKEN, or into a profile: signalbox profile add.",
  token_invalid: "Look at SIGNALBOX_ADMIN_TOKEN, or give the profile another one: signalbox profile add.",
  scope_missing: "Somebody with the scope admin can make one that has it: signalbox token create --scope …",
};
