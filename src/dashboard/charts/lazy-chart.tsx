// A chart that is loaded when it is shown, in a place that is kept for it. Where that fails the numbers beside it still count.

import { lazy, Suspense } from "preact/compat";
import type { ComponentProps } from "preact";
import { useErrorBoundary } from "preact/hooks";
import type { Chart } from "./chart.tsx";
import "./lazy-chart.css";

const Loaded = lazy(async () => ({ default: (await import("./chart.tsx")).Chart }));

/** See `Chart`. */
export function LazyChart(props: ComponentProps<typeof Chart>) {
  const [error] = useErrorBoundary();
  return (
    <div class="chart-place">
      {error === undefined ? (
        <Suspense fallback={null}>
          <Loaded {...props} />
        </Suspense>
      ) : (
        <p class="quiet">The chart cannot be shown: a part of this page did not load.</p>
      )}
    </div>
  );
}
