// Why an inlet refuses a request: the closed list, and what an operator is told about each. The sender is told less:
// which of several proofs failed is nobody's business but the operator's.

import type { Occurrence } from "../ledger/incidents.ts";

/** Said of every refusal: why one failed sendout is worth an alert. */
const CONSEQUENCE = "Voucherify switches a webhook off after twelve failed tries.";

const REFUSALS = {
  signature_missing: {
    kind: "signature_refused",
    remedy:
      "A request had no x-voucherify-signature. If Voucherify sent it, something between removes the header; else somebody else knows the URL.",
  },
  signature_malformed: {
    kind: "signature_refused",
    remedy:
      "A signature was not 64 lowercase hexadecimal digits. If Voucherify sent it, something between changes the header.",
  },
  signature_mismatch: {
    kind: "signature_refused",
    remedy:
      "A signature is of another secret or of another body. Compare the inlet's Worker secret with the one that Voucherify shows.",
  },
  path_token: {
    kind: "sender_unproven",
    remedy:
      "The token at the end of the URL is missing or wrong. Enter the URL in Voucherify again: /in/<inlet>/ and the value of the secret that requires.pathToken names.",
  },
  header: {
    kind: "sender_unproven",
    remedy:
      "The header that the inlet requires is missing or wrong. Enter it in Voucherify again, with the value of the secret that requires.header names.",
  },
  address: {
    kind: "sender_unproven",
    remedy:
      "The request came from another address than those in requires.addresses. Check Voucherify's list of addresses and the region of your project.",
  },
} as const satisfies Record<string, { kind: Occurrence["kind"]; remedy: string }>;

/** Why an inlet refuses a request. */
export type RefusalReason = keyof typeof REFUSALS;

/** Which kind of incident a refusal is, and what the operator is told: the reason, what to do, and why it matters. */
export function describeRefusal(reason: RefusalReason): Pick<Occurrence, "kind" | "detail"> {
  const { kind, remedy } = REFUSALS[reason];
  return { kind, detail: `${reason}: ${remedy} ${CONSEQUENCE}` };
}
