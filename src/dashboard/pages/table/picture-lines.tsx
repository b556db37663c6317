// The lines of the picture, drawn between where the browser has put its nodes.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatShort } from "../../components/numbers.ts";
import { widthOf, type Graph, type Line } from "./graph.ts";
import { placeNumbers, type Ends } from "./place-numbers.ts";

/** Up to how many lines each has its number on it; of more, those that are pointed at. */
const NUMBERED_MAX = 24;

interface Box {
  left: number;
  right: number;
  middle: number;
}

interface Layout {
  width: number;
  height: number;
  boxes: ReadonlyMap<string, Box>;
}

/** The lines, behind the nodes. `near` are the keys that stand out; all do without it. */
export function Lines({ graph, near }: { graph: Graph; near: ReadonlySet<string> | undefined }) {
  const svg = useRef<SVGSVGElement>(null);
  const [layout, setLayout] = useState<Layout>();
  useLayoutEffect(() => {
    const picture = svg.current?.parentElement;
    if (picture === null || picture === undefined) return undefined;
    const look = () => setLayout(measure(picture));
    // Told once at the beginning too; fonts, widths and badges all change a column's size.
    const observer = new ResizeObserver(look);
    observer.observe(picture);
    for (const node of picture.querySelectorAll("[data-node]")) observer.observe(node);
    look();
    return () => observer.disconnect();
  }, [graph]);
  const most = Math.max(0, ...graph.lines.map(({ deliveries }) => deliveries));
  const isNear = ({ from, to }: Line) => near === undefined || (near.has(from) && near.has(to));
  // What stands out is drawn last, so that nothing lies over it.
  const lines = graph.lines.toSorted((one, other) => Number(isNear(one)) - Number(isNear(other)));
  const isNumbered = (line: Line) =>
    line.deliveries > 0 && isNear(line) && (graph.lines.length <= NUMBERED_MAX || near !== undefined);
  const numbers = layout === undefined ? [] : placeNumbers(lines.filter(isNumbered), (line) => ends(line, layout));
  return (
    <svg ref={svg} class="picture-lines" width={layout?.width ?? 0} height={layout?.height ?? 0} aria-hidden="true">
      {layout !== undefined &&
        lines.map((line) => (
          <Curve
            key={line.key}
            line={line}
            layout={layout}
            width={widthOf(line.deliveries, most)}
            isFar={!isNear(line)}
          />
        ))}
      {numbers.map(({ key, x, y, deliveries }) => (
        <text key={key} x={x} y={y} text-anchor="middle" dominant-baseline="central">
          {formatShort(deliveries)}
        </text>
      ))}
    </svg>
  );
}

function measure(picture: Element): Layout {
  const origin = picture.getBoundingClientRect();
  const boxes = [...picture.querySelectorAll<HTMLElement>("[data-node]")].map((node): [string, Box] => {
    const { left, right, top, height } = node.getBoundingClientRect();
    const box = { left: left - origin.left, right: right - origin.left, middle: top - origin.top + height / 2 };
    return [node.dataset["node"] ?? "", box];
  });
  return { width: origin.width, height: origin.height, boxes: new Map(boxes) };
}

function ends({ from, to }: Line, { boxes }: Layout): Ends | undefined {
  const [start, end] = [boxes.get(from), boxes.get(to)];
  return start === undefined || end === undefined
    ? undefined
    : { x1: start.right, y1: start.middle, x2: end.left, y2: end.middle };
}

function Curve({ line, layout, width, isFar }: { line: Line; layout: Layout; width: number; isFar: boolean }) {
  const at = ends(line, layout);
  if (at === undefined) return null;
  const { x1, y1, x2, y2 } = at;
  const middle = (x1 + x2) / 2;
  return (
    <path
      d={`M ${x1} ${y1} C ${middle} ${y1}, ${middle} ${y2}, ${x2} ${y2}`}
      class={line.deliveries === 0 ? "is-still" : undefined}
      data-far={isFar ? "" : undefined}
      stroke-width={width}
    />
  );
}
