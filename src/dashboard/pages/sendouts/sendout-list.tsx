// The list of sendouts: a grid that goes on as far as somebody scrolls. The focus stays on the grid, which says which row is
// active, because rows out of sight are not in the page.

import { ArrowUp } from "lucide-preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { formatCount } from "../../components/numbers.ts";
import { useVirtualRows } from "../../components/virtual.ts";
import { ListEnd } from "./list-end.tsx";
import { isSelected, type Selected } from "./selection.ts";
import type { SendoutLog } from "./sendout-log.ts";
import { rowElementId, SendoutRow } from "./sendout-row.tsx";
import "./sendout-list.css";

/** Heights of a row and of the head, in pixels, as sendout-list.css has them. */
const ROW_PX = 40;
const ROW_PHONE_PX = 60;
const HEAD_PX = 32;

/** How many rows before the end the next page is asked for. */
const AHEAD = 100;

export interface SendoutListProps {
  log: SendoutLog;
  /** Whether the router does not say any more what has arrived. */
  isStale: boolean;
  /** Whether rows have two lines. */
  isPhone: boolean;
  openId: string | undefined;
  active: number;
  selected: Selected;
  onActive: (index: number) => void;
  onOpen: (id: string) => void;
  onToggle: (index: number, isRange: boolean) => void;
  hrefOf: (id: string) => string;
  /** Reads the list anew from the top. */
  onRestart: () => void;
  /** Shows what arrived before an instant, because no more rows are kept. */
  onFurther: (until: string) => void;
}

/** The list. */
export function SendoutList(props: SendoutListProps) {
  const { log, isPhone, openId, active, selected, onActive, onOpen, onToggle, hrefOf } = props;
  const { rows } = log.kept;
  const place = useRef<HTMLDivElement>(null);
  const rowPx = isPhone ? ROW_PHONE_PX : ROW_PX;
  // The rows are one array: its version says when to look at them again.
  const count = useMemo(() => rows.length, [rows, rows.length, log.version.value]);
  const { items, totalPx, scrollToIndex } = useVirtualRows({
    place,
    count,
    rowPx,
    headPx: isPhone ? 0 : HEAD_PX,
    always: active,
  });
  const last = items.at(-1)?.index ?? 0;
  const { progress } = log;
  useEffect(() => {
    if (progress.value === "idle" && last >= count - AHEAD) void log.more();
  }, [log, last, count, progress.value]);
  useLayoutEffect(() => {
    if (active >= 0 && active < count) scrollToIndex(active);
    // What arrives above must not scroll the list: only a move of somebody's does.
  }, [rows[active]?.id, rowPx]);

  const showWaiting = () => {
    const scroller = place.current;
    const before = scroller?.scrollTop ?? 0;
    const added = log.kept.waiting.length;
    log.showWaiting();
    // What is being read stays where it is.
    requestAnimationFrame(() => scroller?.scrollTo({ top: before + added * rowPx }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = moveOf(event.key, active, count, Math.floor((place.current?.clientHeight ?? 0) / rowPx) - 1);
    const id = rows[active]?.id;
    if (to !== undefined) onActive(to);
    else if (event.key === "Enter" && id !== undefined) onOpen(id);
    else if (event.key === " " && id !== undefined) onToggle(active, event.shiftKey);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const clicked = event.target instanceof Element ? event.target : null;
    const id = clicked?.closest<HTMLElement>("[data-id]")?.dataset["id"];
    // A link that is opened elsewhere is the browser's.
    if (id === undefined || event.metaKey || event.ctrlKey) return;
    const index = rows.findIndex((row) => row.id === id);
    if (clicked?.closest(".sendout-tick") != null) return onToggle(index, event.shiftKey);
    event.preventDefault();
    onActive(index);
    onOpen(id);
  };
  return (
    <div class={`sendout-list ${isPhone ? "is-phone" : ""}`}>
      <Arrived log={log} isStale={props.isStale} onShow={showWaiting} onRestart={props.onRestart} />
      <div ref={place} class="sendout-scroll">
        <div
          role="grid"
          aria-label="Sendouts"
          aria-rowcount={progress.value === "ended" ? count + 1 : -1}
          aria-multiselectable="true"
          aria-activedescendant={rows[active] && rowElementId(rows[active].id)}
          tabIndex={0}
          class="sendout-grid"
          onKeyDown={onKeyDown}
          onClick={onClick}
        >
          <Head />
          <div role="rowgroup" class="sendout-rows" style={{ height: `${totalPx}px` }}>
            {items.map(({ index, start }) => {
              const row = rows[index];
              if (row === undefined) return null;
              return (
                <SendoutRow
                  key={row.id}
                  row={row}
                  index={index}
                  start={start}
                  isActive={index === active}
                  isOpen={row.id === openId}
                  isSelected={isSelected(selected, row.id)}
                  href={hrefOf(row.id)}
                />
              );
            })}
          </div>
        </div>
        <ListEnd log={log} onFurther={props.onFurther} />
      </div>
    </div>
  );
}

function Head() {
  return (
    <div role="row" aria-rowindex={1} class="sendout-head">
      <span role="columnheader" class="sendout-tick">
        <span class="visually-hidden">Selected</span>
      </span>
      <span role="columnheader">Received</span>
      <span role="columnheader">Event</span>
      <span role="columnheader" class="sendout-state">
        State
      </span>
      <span role="columnheader" class="sendout-to">
        To
      </span>
      <span role="columnheader" class="sendout-inlet">
        Inlet
      </span>
      <span role="columnheader" class="sendout-ref">
        Group or id
      </span>
    </div>
  );
}

/** What has arrived while somebody reads. It is shown when they ask for it. */
function Arrived({
  log: { waiting, hasGap },
  isStale,
  onShow,
  onRestart,
}: Pick<SendoutListProps, "log" | "isStale" | "onRestart"> & { onShow: () => void }) {
  return (
    <div class="sendout-arrived" role="status">
      {isStale && <span class="sendout-stale">Not up to date: the router does not answer</span>}
      {hasGap.value ? (
        <Button tone="primary" icon={ArrowUp} onClick={onRestart}>
          Many new: from the top
        </Button>
      ) : (
        waiting.value > 0 && (
          <Button tone="primary" icon={ArrowUp} onClick={onShow}>
            {formatCount(waiting.value)} new
          </Button>
        )
      )}
    </div>
  );
}

/** Where a key moves to; undefined where it does not. */
function moveOf(key: string, active: number, count: number, page: number): number | undefined {
  const last = count - 1;
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: last,
  };
  const to = moves[key];
  return to === undefined ? undefined : Math.max(Math.min(to, last), 0);
}
