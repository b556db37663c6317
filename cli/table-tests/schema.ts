// Tests of a routing table, written beside it: which event is given, and which requests are expected. The schema is the
// single source of what is read and of the JSON Schema that editors complete by (schema/table-tests.schema.json).

import * as v from "valibot";
import { PAYLOAD_VERSIONS } from "../payload-versions.ts";

const InletSchema = v.optional(
  v.pipe(v.string(), v.description("The inlet it comes in by; voucherify when left out.")),
);

/** One of our own example events, with what the test needs to be different. */
const ExampleSchema = v.strictObject({
  event: v.pipe(
    v.string(),
    v.description("An event type of Voucherify: redemption.succeeded. An example of ours is taken."),
  ),
  version: v.optional(v.picklist(PAYLOAD_VERSIONS)),
  source: v.optional(v.pipe(v.picklist(["webhook", "distribution"]), v.description("Who sends it."))),
  set: v.optional(
    v.pipe(
      v.record(v.string(), v.unknown()),
      v.description("Values to put into the body, by dotted path: data.customer.name."),
    ),
  ),
  inlet: InletSchema,
});

const BodySchema = v.strictObject({
  sendout: v.pipe(v.looseObject({}), v.description("The whole body that Voucherify sends.")),
  inlet: InletSchema,
});

const FileSchema = v.strictObject({
  file: v.pipe(v.string(), v.description("A file with the body, beside this one.")),
  inlet: InletSchema,
});

/** What stands for whatever there is. */
export const ANY_KEY = "$any";

const RequestSchema = v.strictObject({
  method: v.optional(v.string()),
  url: v.optional(v.string()),
  headers: v.optional(
    v.pipe(v.record(v.string(), v.string()), v.description("Those that matter; there may be others.")),
  ),
  body: v.optional(
    v.pipe(v.unknown(), v.description('The whole body. {"$any": true} in it stands for whatever is there.')),
  ),
});

const ExpectationSchema = v.union([
  v.pipe(v.literal("any"), v.description("A request, whatever it says.")),
  v.strictObject({ error: v.pipe(v.string(), v.description("The code with which it cannot be rendered.")) }),
  RequestSchema,
]);
export type Expectation = v.InferOutput<typeof ExpectationSchema>;

const TestSchema = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty("expected a name")),
  given: v.union([ExampleSchema, BodySchema, FileSchema]),
  expect: v.pipe(
    v.record(v.string(), ExpectationSchema),
    v.description("What each target gets, by its name. A target that is not named must get nothing."),
  ),
});
export type TableTest = v.InferOutput<typeof TestSchema>;

export const TableTestsSchema = v.pipe(
  v.strictObject({
    $schema: v.optional(v.string()),
    tests: v.pipe(v.array(TestSchema), v.minLength(1, "expected one test at least")),
  }),
  v.description("Tests of a Signalbox routing table."),
);
