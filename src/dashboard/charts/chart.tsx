// Numbers over time. Loaded when a page with a chart is opened; the same numbers stand in a table for whoever reads by ear.

import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { countOf } from "../components/numbers.ts";
import { describeInstant, shortInstant } from "../components/instants.ts";
import "./chart.css";

/** One line of a chart. */
export interface Line {
  label: string;
  /** A variable of the tokens: `--series-1`. */
  colour: string;
  /** One number for each instant; null where there is none. */
  values: readonly (number | null)[];
  isFilled?: boolean;
}

const HEIGHT_PX = 200;

/** A chart of one or more lines over the same instants. */
export function Chart({
  label,
  at,
  lines,
  format,
}: {
  /** What it shows, in a sentence. */
  label: string;
  /** Instants, in milliseconds since 1970, in order. */
  at: readonly number[];
  lines: readonly Line[];
  format: (value: number) => string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const theme = useTheme();
  const isEmpty = lines.every(({ values }) => values.every((value) => value === null || value === 0));
  const shape = `${theme} ${lines.map((line) => line.label).join()}`;
  useEffect(() => {
    const parent = place.current;
    if (parent === null) return undefined;
    const made = new uPlot(optionsOf(parent, lines, format), dataOf(at, lines), parent);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: parent.clientWidth, height: HEIGHT_PX }));
    observer.observe(parent);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(dataOf(at, lines)), [at, lines]);
  return (
    <figure class="chart">
      <div ref={place} aria-hidden="true" />
      {isEmpty && <p class="chart-empty">Nothing in this time.</p>}
      <figcaption class="visually-hidden">
        {label} {lines.map((line) => `${line.label}: ${describeLine(line, format)}.`).join(" ")}{" "}
        {countOf(at.length, "step")}.
      </figcaption>
    </figure>
  );
}

function describeLine({ values }: Line, format: (value: number) => string): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return "nothing";
  return `between ${format(Math.min(...known))} and ${format(Math.max(...known))}, last ${format(known.at(-1) ?? 0)}`;
}

function dataOf(at: readonly number[], lines: readonly Line[]): uPlot.AlignedData {
  return [at.map((ms) => ms / 1_000), ...lines.map(({ values }) => [...values])];
}

function optionsOf(parent: HTMLElement, lines: readonly Line[], format: (value: number) => string): uPlot.Options {
  const [ink, grid] = [resolve(parent, "--ink-quiet"), resolve(parent, "--line")];
  const font = getComputedStyle(parent).getPropertyValue("--font");
  const axis = {
    stroke: ink,
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
    font: `11px ${font}`,
  };
  return {
    width: parent.clientWidth,
    height: HEIGHT_PX,
    cursor: { y: false, points: { size: 6 } },
    // Away from the chart the last numbers are told, so that nothing moves when somebody points at it.
    hooks: { ready: [tellLast], setCursor: [(plot) => plot.cursor.idx == null && tellLast(plot)] },
    scales: { y: { range: (_, __, max) => [0, max === 0 ? 1 : max * 1.08] } },
    axes: [
      { ...axis, space: 80, values: (_, splits) => labelsOf(splits) },
      { ...axis, size: 60, values: (_, splits) => splits.map((value) => format(value)) },
    ],
    series: [
      { label: "Time", value: (_, at) => (at === null ? "" : describeInstant(new Date(at * 1_000), Date.now())) },
      ...lines.map(({ label, colour: name, isFilled = false }) => {
        const stroke = resolve(parent, name);
        return {
          label,
          stroke,
          width: 1.75,
          ...(isFilled && { fill: `color-mix(in oklab, ${stroke} 14%, transparent)` }),
          // Where a line has gaps, what stands alone between two of them is seen as a point.
          points: { show: true, size: 4, filter: findLonely },
          value: (_: uPlot, value: number | null) => (value === null ? "" : format(value)),
        };
      }),
    ],
  };
}

/** What stands alone between two gaps. */
function findLonely(plot: uPlot, line: number): number[] {
  const values = [...(plot.data[line] ?? [])];
  return values.flatMap((value, index) =>
    value != null && values[index - 1] == null && values[index + 1] == null ? [index] : [],
  );
}

function tellLast(plot: uPlot): void {
  plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

/** Seconds since 1970 as words below the axis. */
function labelsOf(splits: readonly number[]): string[] {
  const [first = 0, second = first] = splits;
  return splits.map((at) => shortInstant(new Date(at * 1_000), (second - first) * 1_000));
}

/** A colour as a canvas takes it: it knows no `light-dark()`. */
function resolve(parent: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  parent.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Changes when light becomes dark: a canvas does not by itself. */
function useTheme(): string {
  const [theme, setTheme] = useState(themeNow);
  useEffect(() => {
    const look = () => setTheme(themeNow());
    const query = matchMedia("(prefers-color-scheme: dark)");
    const observer = new MutationObserver(look);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    query.addEventListener("change", look);
    return () => {
      observer.disconnect();
      query.removeEventListener("change", look);
    };
  }, []);
  return theme;
}

function themeNow(): string {
  return `${document.documentElement.dataset["theme"] ?? ""} ${matchMedia("(prefers-color-scheme: dark)").matches}`;
}
