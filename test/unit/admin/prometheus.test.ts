// Prometheus' text format.

import { expect, it } from "vitest";
import { toPrometheus } from "../../../src/admin/prometheus.ts";

it("writes help, type and samples, and escapes labels", () => {
  const samples = [
    { labels: {}, value: 1.5 },
    { labels: { target: 'a"b\\c\nd', le: "+Inf" }, value: 2, suffix: "_bucket" as const },
  ];
  expect(toPrometheus([{ name: "x", type: "gauge", help: "What it is.", samples }])).toBe(
    '# HELP x What it is.\n# TYPE x gauge\nx 1.5\nx_bucket{target="a\\"b\\\\c\\nd",le="+Inf"} 2\n',
  );
});

it("keeps a metric without samples", () => {
  expect(toPrometheus([{ name: "x", type: "counter", help: "None.", samples: [] }])).toBe(
    "# HELP x None.\n# TYPE x counter\n",
  );
});
