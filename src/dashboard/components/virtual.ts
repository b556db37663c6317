// A list of which only the rows in sight are in the page. All rows are equally high, so that none has to be measured.

import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type Range,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useReducer, useRef } from "preact/hooks";

/** Rows beyond either edge that are in the page as well. */
const OVERSCAN = 12;

export interface VirtualRows {
  /** The rows in the page, with the place of each from the top in pixels. */
  items: readonly { index: number; start: number }[];
  /** How high all of them are, in pixels. */
  totalPx: number;
  scrollToIndex: (index: number) => void;
}

/**
 * The rows that are in sight. The component is rendered again when others come into sight, not at each pixel.
 *
 * @param place what scrolls
 * @param headPx what stands above the first row and scrolls along, or covers the topmost while it sticks
 * @param always the index of a row that is kept in the page, because it has the focus; -1 for none
 */
export function useVirtualRows({
  place,
  count,
  rowPx,
  headPx,
  always,
}: {
  place: RefObject<HTMLElement>;
  count: number;
  rowPx: number;
  headPx: number;
  always: number;
}): VirtualRows {
  const [, render] = useReducer((renders: number) => renders + 1, 0);
  const options: VirtualizerOptions<HTMLElement, HTMLElement> = {
    count,
    getScrollElement: () => place.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    scrollPaddingStart: headPx,
    rangeExtractor: (range: Range) => withRow(defaultRangeExtractor(range), always, count),
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => render(undefined),
  };
  const made = useRef<Virtualizer<HTMLElement, HTMLElement>>(null);
  made.current ??= new Virtualizer(options);
  const virtualizer = made.current;
  virtualizer.setOptions(options);
  // oxlint-disable-next-line no-underscore-dangle -- virtual-core names so what ties it to a framework
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  // oxlint-disable-next-line no-underscore-dangle -- virtual-core names so what ties it to a framework
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => virtualizer.measure(), [rowPx, virtualizer]);
  return {
    items: virtualizer.getVirtualItems(),
    totalPx: virtualizer.getTotalSize(),
    scrollToIndex: (index) => virtualizer.scrollToIndex(index, { align: "auto" }),
  };
}

function withRow(indexes: number[], index: number, count: number): number[] {
  if (index < 0 || index >= count || indexes.includes(index)) return indexes;
  return [...indexes, index].toSorted((one, other) => one - other);
}
