// A chart that is loaded when it is shown, in a place that is kept for it.

import { lazy, Suspense } from "preact/compat";
import type { ComponentProps } from "preact";
import type { Chart } from "./chart.tsx";
import "./lazy-chart.css";

const Loaded = lazy(async () => ({ default: (await import("./chart.tsx")).Chart }));

/** See `Chart`. */
export function LazyChart(props: ComponentProps<typeof Chart>) {
  return (
    <div class="chart-place">
      <Suspense fallback={null}>
        <Loaded {...props} />
      </Suspense>
    </div>
  );
}
