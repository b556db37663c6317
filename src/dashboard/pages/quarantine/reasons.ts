// Why a sendout lies in quarantine and what helps, by the stable code of the reason. Pure.

import type { NormaliseReason } from "../../../voucherify/normalise.ts";

/** What cannot be read, and what has gone wrong on the way. */
export type QuarantineReason =
  | NormaliseReason
  | "message_unreadable"
  | "body_missing"
  | "routing_gave_up"
  | "evaluation_killed";

/** A reason for people. */
interface Explained {
  /** In a few words. */
  said: string;
  remedy: string;
}

const CORRECT = "Correct the text and replay it, or discard it.";

const REASONS: Record<QuarantineReason, Explained> = {
  body_empty: {
    said: "It has no bytes",
    remedy: "There is nothing to replay, unless you know what it should have been.",
  },
  body_compressed: {
    said: "It is compressed",
    remedy: "Voucherify does not compress, so something between it and this inlet does. Have that stopped.",
  },
  body_not_utf8: {
    said: "Its bytes are no text (UTF-8)",
    remedy: "Voucherify sends UTF-8: see what changes it on its way. A corrected text can be replayed.",
  },
  body_too_deep: { said: "It is nested deeper than 64 levels", remedy: `Nothing of Voucherify's is. ${CORRECT}` },
  body_not_json: { said: "It is not JSON", remedy: CORRECT },
  body_not_object: { said: "It is JSON, but not an object", remedy: CORRECT },
  envelope_missing: {
    said: "It does not say which event it is",
    remedy:
      "A distribution with Raw payload ticked sends this. Say in the inlet's expects which event comes there and publish; then replay it as it is.",
  },
  envelope_invalid: {
    said: "A part of its envelope is missing or of another kind",
    remedy: `The detail names the part. ${CORRECT}`,
  },
  message_unreadable: {
    said: "A queue's message has a shape that this release does not know",
    remedy: "It may be of a newer release: deploy that again. To replay it, put in the sendout's own text.",
  },
  body_missing: {
    said: "Its body was stored apart and is gone",
    remedy: "Have Voucherify send it again, or paste its text and replay that.",
  },
  routing_gave_up: {
    said: "Routing failed every time",
    remedy: "The Worker's log says why. Put that right, then replay it as it is.",
  },
  evaluation_killed: {
    said: "An expression takes too much processor time",
    remedy: "Find it with a preview, one target after the other; simplify it and publish. Then replay this as it is.",
  },
};

/** Every reason with its words, for choosing one. */
export const QUARANTINE_REASONS: readonly (readonly [reason: string, said: string])[] = Object.entries(REASONS).map(
  ([reason, { said }]) => [reason, said],
);

/** A reason in words; its code alone where a newer release has it. */
export function explainReason(reason: string | null): Explained {
  if (reason !== null && isKnown(reason)) return REASONS[reason];
  return { said: reason ?? "No reason was noted", remedy: CORRECT };
}

function isKnown(reason: string): reason is QuarantineReason {
  return Object.hasOwn(REASONS, reason);
}
