// Why a step of a deploy did not come to its end, in words that whoever deploys can act on.

import type { RouterComplaint, RouterExitCode } from "../client/router-error.ts";

/** A step that did not succeed. Its exit code means of Cloudflare what it means of a router. */
export class DeployError extends Error {
  override readonly name = "DeployError";
  readonly complaint: RouterComplaint & { remedy: string };
  readonly exitCode: RouterExitCode;

  constructor(complaint: RouterComplaint & { remedy: string }, exitCode: RouterExitCode) {
    super(complaint.detail);
    this.complaint = complaint;
    this.exitCode = exitCode;
  }
}
