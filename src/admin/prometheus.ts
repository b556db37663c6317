// Prometheus' text format, of which three lines a metric are all there is to it.
// https://prometheus.io/docs/instrumenting/exposition_formats/ (read 2026-11-29)

/** One number with the labels that tell it from others of its metric. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
  /** Behind the metric's name: `_bucket`, `_count` and `_sum` of a histogram. */
  suffix?: "_bucket" | "_count" | "_sum";
}

/** A metric. */
export interface Metric {
  name: string;
  type: "counter" | "gauge" | "histogram";
  /** One sentence, without line breaks. */
  help: string;
  samples: readonly Sample[];
}

/** The content type of the format. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Writes metrics down. One without samples is there with its help alone, so that people find it. */
export function toPrometheus(metrics: readonly Metric[]): string {
  return metrics
    .map(({ name, type, help, samples }) =>
      [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} ${type}`,
        ...samples.map(({ labels, value, suffix = "" }) => `${name}${suffix}${toLabels(labels)} ${value}`),
      ].join("\n"),
    )
    .join("\n")
    .concat("\n");
}

function toLabels(labels: Record<string, string>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
