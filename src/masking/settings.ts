// What is masked where payloads and requests are shown: a part of the routing table's settings, with its defaults.

import * as v from "valibot";

/** A path: names divided by dots, `*` for any one name, `**` for any number of them. */
const PATH = /^(?:\*{1,2}|[^.*\s]+)(?:\.(?:\*{1,2}|[^.*\s]+))*$/;

const PATHS_MAX = 200;

/** What says who a customer is, and what is worth money, wherever Voucherify's events have it. */
export const MASKED_PATHS_DEFAULT: readonly string[] = [
  "email",
  "phone",
  "birthday",
  "birthdate",
  "address",
  "source_id",
  "tracking_id",
  "customer.name",
  "customer.description",
  "customer.metadata",
  "holder.name",
  "holder.metadata",
  "code",
];

export const MaskingSchema = v.pipe(
  v.strictObject({
    paths: v.optional(
      v.pipe(
        v.array(v.pipe(v.string(), v.regex(PATH, "expected names divided by dots, like customer.email or **.code"))),
        v.maxLength(PATHS_MAX, `expected ${PATHS_MAX} paths at most`),
        v.description(
          "What is masked, with all that is below it: names divided by dots, * for any one name, ** for any number. A path holds at any depth, and lists are passed through.",
        ),
      ),
      [...MASKED_PATHS_DEFAULT],
    ),
    show: v.optional(
      v.pipe(
        v.picklist(["nothing", "masked"]),
        v.description("What callers without the scope payload see of payloads and requests."),
      ),
      "nothing",
    ),
  }),
  v.description("What is masked where payloads and requests are shown."),
);
/** What is masked, and whether callers without the scope `payload` see the rest. */
export type Masking = v.InferOutput<typeof MaskingSchema>;

/** What holds where a table says nothing. */
export const MASKING_DEFAULT: Masking = v.parse(MaskingSchema, {});
