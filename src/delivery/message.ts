// What travels in the DELIVER and SLOW queues: one delivery with its rendered request and the policy it goes by. Secrets
// are names. Sent in V8's structured clone format; readable by the version before and after.

import * as v from "valibot";
import { ContentSchema } from "../ledger/content.ts";
import { TRIGGERS } from "../ledger/deliveries.ts";
import { AnswerConditionsSchema } from "./answer.ts";
import { AuthenticationSchema } from "./authentication.ts";
import { LimitsSchema } from "./gate/policy.ts";
import { AmbiguousSchema, RetrySchema } from "./schedule.ts";

/** Raised when the shape changes. A message of another version goes to quarantine unread, never lost. */
export const DELIVER_MESSAGE_VERSION = 1;

/** The part of a target's definition that a delivery goes by. */
const POLICY = {
  auth: AuthenticationSchema,
  retry: RetrySchema,
  timeoutMs: v.number(),
  /** What the target's recipe knows of its answers. */
  answers: v.optional(AnswerConditionsSchema),
  /** How much the target takes. */
  limits: v.optional(LimitsSchema),
  /** Whose limits they are: targets with one account share them. The target's own when left out. */
  account: v.optional(v.string()),
  onAmbiguous: v.optional(AmbiguousSchema),
};

export const DeliverMessageSchema = v.object({
  v: v.literal(DELIVER_MESSAGE_VERSION),
  kind: v.literal("deliver"),
  sendoutId: v.string(),
  /** The number of the database that its sendout is in; LEDGER when left out. */
  shard: v.optional(v.number()),
  target: v.string(),
  /** 0, or the number of a repeat that was asked for as something new. */
  copy: v.optional(v.number(), 0),
  route: v.string(),
  /** 0 from routing; one more each time a person asks again. */
  round: v.optional(v.number(), 0),
  /** How many attempts there had been before this round. */
  attemptsBefore: v.number(),
  /** What set it off. */
  trigger: v.optional(v.picklist(TRIGGERS), "automatic"),
  /** Whether it tries a target that did not answer, while the others wait. */
  probe: v.optional(v.boolean()),
  /** After this instant nothing is sent any more, in milliseconds since 1970. */
  expiresAt: v.optional(v.number()),
  /** How many Signalboxes it has come through. */
  hops: v.optional(v.number(), 0),
  /** The version of the routing table that the policy is of. */
  tableVersion: v.optional(v.number()),
  ...POLICY,
  /** The rendered request as JSON text in UTF-8. */
  content: ContentSchema,
});
export type DeliverMessage = v.InferOutput<typeof DeliverMessageSchema>;

/** What a message takes from its target's definition. */
export type DeliveryPolicy = Pick<DeliverMessage, keyof typeof POLICY>;

/** What a message says beside its policy; what has a default may be left out, and what is undefined is. */
type Particulars = Pick<DeliverMessage, "sendoutId" | "target" | "route" | "attemptsBefore" | "content"> & {
  [key in "shard" | "copy" | "round" | "trigger" | "probe" | "expiresAt" | "hops" | "tableVersion"]?:
    | DeliverMessage[key]
    | undefined;
};

/** A message for one delivery. `policy` is the target's part of the table, of which only these fields travel. */
export function createDeliverMessage({ policy, ...rest }: Particulars & { policy: DeliveryPolicy }): DeliverMessage {
  const { copy = 0, round = 0, trigger = "automatic", hops = 0, ...others } = rest;
  const { shard, probe, expiresAt, tableVersion, ...particulars } = others;
  return {
    v: DELIVER_MESSAGE_VERSION,
    kind: "deliver",
    ...particulars,
    copy,
    round,
    trigger,
    hops,
    ...(shard === undefined ? {} : { shard }),
    ...(probe === undefined ? {} : { probe }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(tableVersion === undefined ? {} : { tableVersion }),
    ...pickPolicy(policy),
  };
}

/** The fields that travel, of a target's definition that has more. A queue would carry undefined ones too. */
function pickPolicy(policy: DeliveryPolicy): DeliveryPolicy {
  const keys = Object.keys(POLICY) as (keyof DeliveryPolicy)[]; // POLICY is what the type is made of
  const entries = keys.flatMap((key) => (policy[key] === undefined ? [] : [[key, policy[key]]]));
  return Object.fromEntries(entries) as DeliveryPolicy; // the policy's own entries
}
