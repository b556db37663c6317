// The resources of the admin API: the first name in a path, and a sentence for the document's readers.

/** By name, in the order in which they are shown. */
export const RESOURCES: readonly (readonly [name: string, description: string])[] = [
  ["table", "The routing table: which events go to which targets."],
  ["inlets", "The inlets of the routing table, one at a time."],
  ["sendouts", "What came in from Voucherify, and what became of it."],
  ["deliveries", "What goes out: one for each sendout and target."],
  ["replays", "Many deliveries once more: first a plan, then a run."],
  ["events", "The catalogue of Voucherify's event types, with examples and their fields."],
  ["recipes", "The destinations that Signalbox knows."],
  ["holds", "What is paused and what waits."],
  ["targets", "The targets of the routing table, one at a time, and their pauses."],
  ["routes", "The routes of the routing table, one at a time, and their pauses."],
  ["sweep", "The job that sends what is due, by hand."],
  ["preview", "What would be sent, without sending it; and a test that sends it once."],
  ["secrets", "The vault: values go in and never come out."],
  ["incidents", "What somebody should look at."],
  ["drift", "What arrived and is not in the catalogue of event types."],
  ["migration", "The move from payload version v2018-08-01 to v2024-01-01."],
  ["statistics", "How many came in and went out, how fast, and what failed."],
  ["usage", "What the router keeps and writes, what that costs, and how long its database lasts."],
  ["metrics", "The router's state for Prometheus."],
  ["upstream", "The webhook in Voucherify that posts here."],
  ["session", "A browser's session, which stands for a token."],
  ["tokens", "Who else may use this API, and for what."],
  ["audit", "Who did what."],
  ["health", "Whether everything that the Worker depends on answers."],
];
