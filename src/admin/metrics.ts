// `GET /metrics`: the router for Prometheus and whatever else reads its format. Counters are of the statistics, which the
// cron counts within six minutes; gauges are of now.

import { Hono } from "hono";
import type { Count } from "../ledger/count-traffic.ts";
import { readGauges, type Gauges } from "../ledger/gauges.ts";
import { LATENCY_BOUNDS_MS } from "../ledger/latency.ts";
import { readSums } from "../ledger/statistics.ts";
import { readHead } from "../ledger/table-versions.ts";
import { requireAccess, type AdminEnv } from "./access.ts";
import { describe } from "./describe.ts";
import { PROMETHEUS_TYPE, toPrometheus, type Metric, type Sample } from "./prometheus.ts";
import { readBacklogs, type Backlog } from "./queue-backlogs.ts";

/** `GET /metrics`, with a token as for the admin API. */
export const metricsRoutes = new Hono<AdminEnv>().use(requireAccess()).get(
  "/",
  describe({
    summary: "Shows the router in the text format of Prometheus.",
    description: "Counters lag by up to six minutes; gauges are of now.",
    answer: PROMETHEUS_TYPE,
  }),
  async (c) => {
    const now = Date.now();
    const [sums, gauges, backlogs, head] = await Promise.all([
      readSums(c.env.LEDGER),
      readGauges(c.env, now),
      readBacklogs(c.env),
      readHead(c.env.LEDGER),
    ]);
    const metrics = [...counters(sums), latency(sums), ...gaugesOf(gauges, now), ...queues(backlogs, now)];
    metrics.push(
      gauge("signalbox_table_version", "The version of the routing table in force.", [[{}, head?.version ?? 0]]),
    );
    return c.text(toPrometheus(metrics), 200, { "content-type": PROMETHEUS_TYPE });
  },
);

function counters(sums: readonly Count[]): Metric[] {
  const sendouts = sums.filter(([kind]) => kind === "sendouts");
  const ended = sums.filter(([kind, , state]) => kind === "deliveries" && ENDED.has(state));
  const attempts = sums.filter(([kind]) => kind === "attempts");
  return [
    {
      name: "signalbox_sendouts_total",
      type: "counter",
      help: "Sendouts accepted, by inlet and by what became of them.",
      samples: sendouts.map(([, inlet, state, value]) => ({ labels: { inlet, state }, value })),
    },
    {
      name: "signalbox_deliveries_total",
      type: "counter",
      help: "Deliveries that ended, by target and state.",
      samples: ended.map(([, target, state, value]) => ({ labels: { target, state }, value })),
    },
    {
      name: "signalbox_attempts_total",
      type: "counter",
      help: "Calls made for deliveries, by target.",
      samples: attempts.map(([, target, , value]) => ({ labels: { target }, value })),
    },
  ];
}

const ENDED: ReadonlySet<string> = new Set(["delivered", "failed", "expired", "cancelled"]);

/** The sum is not known; histograms do without where nobody asks for an average. */
function latency(sums: readonly Count[]): Metric {
  const byTarget = Map.groupBy(
    sums.filter(([kind]) => kind === "latency"),
    ([, target]) => target,
  );
  const samples = [...byTarget].flatMap(([target, counts]) => {
    const steps = new Map(counts.map(([, , step, n]) => [Number(step), n]));
    let below = 0;
    const buckets = LATENCY_BOUNDS_MS.map((bound, step): Sample => {
      below += steps.get(step) ?? 0;
      return { suffix: "_bucket", labels: { target, le: String(bound / 1_000) }, value: below };
    });
    const value = below + (steps.get(LATENCY_BOUNDS_MS.length) ?? 0);
    return [
      ...buckets,
      { suffix: "_bucket", labels: { target, le: "+Inf" }, value } as const,
      { suffix: "_count", labels: { target }, value } as const,
    ];
  });
  return {
    name: "signalbox_delivery_seconds",
    type: "histogram",
    help: "From a sendout's arrival to the target's answer, of deliveries that came through without being sent again by hand.",
    samples,
  };
}

function gaugesOf({ held, pauses, quarantined, oldestDueAt, openIncidents }: Gauges, now: number): Metric[] {
  return [
    gauge(
      "signalbox_held",
      "Deliveries that are held, by target and reason.",
      held.map(({ target, reason, count }) => [{ target, reason }, count]),
    ),
    gauge(
      "signalbox_paused",
      "1 for each target and route that is paused, by reason; breaker is one whose circuit breaker is open.",
      pauses.map(({ subject, reason }) => [{ subject, reason }, 1]),
    ),
    gauge("signalbox_quarantined", "Sendouts in quarantine that nobody has discarded.", [[{}, quarantined]]),
    gauge(
      "signalbox_oldest_due_seconds",
      "How long ago the delivery should have gone that is the latest; 0 when none is late.",
      [[{}, oldestDueAt === null ? 0 : Math.max(now - oldestDueAt, 0) / 1_000]],
    ),
    gauge("signalbox_open_incidents", "Incidents that are open.", [[{}, openIncidents]]),
  ];
}

function queues(backlogs: Record<string, Backlog | null>, now: number): Metric[] {
  const known = Object.entries(backlogs).flatMap(([queue, backlog]) =>
    backlog === null ? [] : [{ queue, ...backlog }],
  );
  return [
    gauge(
      "signalbox_queue_backlog",
      "Messages that wait, by queue.",
      known.map(({ queue, backlog }) => [{ queue }, backlog]),
    ),
    gauge(
      "signalbox_queue_oldest_seconds",
      "How long the oldest message has waited, by queue.",
      known.map(({ queue, oldestAt }) => [{ queue }, oldestAt === null ? 0 : Math.max(now - oldestAt, 0) / 1_000]),
    ),
  ];
}

function gauge(name: string, help: string, samples: readonly (readonly [Record<string, string>, number])[]): Metric {
  return { name, type: "gauge", help, samples: samples.map(([labels, value]) => ({ labels, value })) };
}
