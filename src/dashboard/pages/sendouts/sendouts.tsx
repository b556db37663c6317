// Every sendout: found by filter, read beside the list, repaired there. The address says what is looked for and which one is
// open, so that a link shows the same.

import { useQuery } from "@tanstack/preact-query";
import { Inbox, ListRestart } from "lucide-preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";
import { LIVE_MS } from "../../api/queries.ts";
import { may, whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { useKeys } from "../../components/keys.ts";
import { useMatch } from "../../components/media.ts";
import { countOf } from "../../components/numbers.ts";
import { Page } from "../../components/page.tsx";
import { Empty } from "../../components/states.tsx";
import { askToRetry, canRetry } from "./delivery-actions.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { readFilter, toQuery, withField, writeFilter, type SendoutFilter } from "./filter.ts";
import { ReplayDialog } from "./replay-dialog.tsx";
import type { Chosen } from "./replay-select.ts";
import type { Meaning } from "./recognise-text.ts";
import { extend, NONE, toggle, type Selected } from "./selection.ts";
import { SendoutList } from "./sendout-list.tsx";
import { SendoutLog } from "./sendout-log.ts";
import { SendoutPanel } from "./sendout-panel.tsx";
import type { WholeSendout } from "./use-sendout.ts";
import "./sendouts.css";

/** The page at `/sendouts`, and with a sendout open at `/sendouts/<id>`. */
export function Sendouts() {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const filter = useMemo(() => readFilter(search), [search]);
  const written = writeFilter(filter);
  const openId = path.startsWith("/sendouts/") ? decodeURIComponent(path.slice("/sendouts/".length)) : undefined;
  const hrefOf = (id: string) => `/sendouts/${id}${written}`;
  const { log, restart } = useLog(written);
  const list = useChoice(log, openId);
  const [replayed, setReplayed] = useState<Chosen>();
  const shown = useRef<WholeSendout>(null);
  const isPhone = useMatch("(width < 48rem)");

  const setFilter = (next: SendoutFilter) => navigate(`/sendouts${writeFilter(next)}`);
  const close = () => navigate(`/sendouts${written}`);
  // Reading one after the other is one step back, not as many as were read.
  const open = (id: string) => navigate(hrefOf(id), { replace: openId !== undefined });
  const follow = (meaning: Meaning) => {
    if (meaning.kind === "sendout") navigate(hrefOf(meaning.id));
    else if (meaning.kind === "replay") navigate(`/replays/${meaning.id}`);
    else setFilter(withField(filter, meaning.field, meaning.value));
  };
  const move = (to: number) => {
    const row = log.kept.rows[Math.max(Math.min(to, log.kept.rows.length - 1), 0)];
    if (row === undefined) return;
    list.setActive(row.id);
    if (openId !== undefined && !isPhone) open(row.id);
  };
  const step = (by: number) => {
    focusGrid();
    move(list.active + by);
  };
  const askAgain = () => {
    const chosen = chosenOf(list.selected, filter);
    if (chosen !== undefined) return setReplayed(chosen);
    const active = openId ?? log.kept.rows[list.active]?.id;
    const { current } = shown;
    if (current !== null && active === current.id && current.deliveries.some(canRetry)) return askToRetry(current);
    if (active !== undefined)
      setReplayed({ kind: "sendouts", ids: [current !== null && openId !== undefined ? current.id : active] });
  };
  useKeys([
    { keys: "j", does: "Next sendout", run: () => step(1) },
    { keys: "k", does: "Sendout before", run: () => step(-1) },
    { keys: "x", does: "Select it", run: () => list.toggle(list.active, false) },
    { keys: "X", does: "Select all up to it", run: () => list.toggle(list.active, true) },
    { keys: "r", does: "Retry or replay it, or what is selected", run: () => may("replay") && askAgain() },
    { keys: "Escape", does: "Close it, or select none", run: () => (openId === undefined ? list.clear() : close()) },
  ]);
  return (
    <Page title="Sendouts" isFilling lead="What Voucherify has sent, what was decided, and what became of it.">
      <FilterBar filter={filter} onFilter={setFilter} onMeant={follow} />
      <Selection
        selected={list.selected}
        onAll={() => list.setSelected("all")}
        onNone={list.clear}
        onReplay={() => setReplayed(chosenOf(list.selected, filter))}
      />
      <div class={`sendouts-split ${openId === undefined ? "" : "is-open"}`}>
        {log.progress.value === "ended" && log.kept.rows.length === 0 ? (
          <Nothing filter={filter} onAll={() => setFilter({})} />
        ) : (
          <SendoutList
            log={log}
            isPhone={isPhone}
            openId={openId}
            active={list.active}
            selected={list.selected}
            onActive={move}
            onOpen={(id) => {
              list.setActive(id);
              open(id);
            }}
            onToggle={list.toggle}
            hrefOf={hrefOf}
            onRestart={restart}
            onFurther={() => {
              const last = log.kept.rows.at(-1);
              if (last !== undefined) setFilter({ ...filter, until: new Date(last.receivedAt).toISOString() });
            }}
          />
        )}
        {openId !== undefined && (
          <SendoutPanel
            key={openId}
            id={openId}
            onClose={close}
            onRead={(sendout) => {
              shown.current = sendout;
              log.update(sendout);
            }}
            onReplay={setReplayed}
          />
        )}
      </div>
      {replayed !== undefined && <ReplayDialog chosen={replayed} onClose={() => setReplayed(undefined)} />}
    </Page>
  );
}

/** The list of a filter, read on and kept up to date. */
function useLog(written: string): { log: SendoutLog; restart: () => void } {
  const [round, setRound] = useState(0);
  const log = useMemo(() => new SendoutLog(toQuery(readFilter(written), Date.now())), [written, round]);
  useEffect(() => {
    void log.more();
    return () => log.end();
  }, [log]);
  const { progress } = log;
  useQuery({
    queryKey: ["sendouts", "newest", written, round],
    queryFn: async () => {
      await log.refresh();
      return null;
    },
    enabled: progress.value === "idle" || progress.value === "ended",
    refetchInterval: LIVE_MS,
    gcTime: 0,
  });
  return { log, restart: () => setRound(round + 1) };
}

/** Which row is active, at first the one that is open: by its id, because new rows come above it; and which are selected. */
function useChoice(log: SendoutLog, openId: string | undefined) {
  const [activeId, setActive] = useState(openId);
  const [selected, setSelected] = useState<Selected>(NONE);
  const [anchor, setAnchor] = useState(0);
  useEffect(() => setSelected(NONE), [log]);
  const { rows } = log.kept;
  const active = useMemo(() => rows.findIndex(({ id }) => id === activeId), [rows, log.version.value, activeId]);
  const toggleAt = (index: number, isRange: boolean) => {
    const row = rows[index];
    if (row === undefined) return;
    setSelected(isRange ? extend(selected, rows, anchor, index) : toggle(selected, row.id, rows));
    setAnchor(index);
  };
  return { active, setActive, selected, setSelected, toggle: toggleAt, clear: () => setSelected(NONE) };
}

/** What is selected, as a replay takes it; undefined where nothing is. */
function chosenOf(selected: Selected, filter: SendoutFilter): Chosen | undefined {
  if (selected === "all") return { kind: "filter", filter };
  return selected.size === 0 ? undefined : { kind: "sendouts", ids: [...selected] };
}

function focusGrid(): void {
  document.querySelector<HTMLElement>(".sendout-grid")?.focus({ preventScroll: true });
}

/** What is done with what is selected. */
function Selection({
  selected,
  onAll,
  onNone,
  onReplay,
}: {
  selected: Selected;
  onAll: () => void;
  onNone: () => void;
  onReplay: () => void;
}) {
  if (selected !== "all" && selected.size === 0) return null;
  return (
    <div class="sendouts-selection" role="status">
      <b>{selected === "all" ? "All that the filter finds" : countOf(selected.size, "sendout")}</b>
      <Button tone="primary" icon={ListRestart} why={whyNot("replay")} onClick={onReplay}>
        Replay…
      </Button>
      {selected !== "all" && <Button onClick={onAll}>Select all that the filter finds</Button>}
      <Button tone="quiet" onClick={onNone}>
        Select none
      </Button>
    </div>
  );
}

function Nothing({ filter, onAll }: { filter: SendoutFilter; onAll: () => void }) {
  if (writeFilter(filter) === "") {
    return (
      <Empty icon={Inbox} title="Nothing has arrived yet">
        Sendouts appear here within seconds of their arrival. <code>npx signalbox trigger redemption.succeeded</code>{" "}
        sends an example.
      </Empty>
    );
  }
  return (
    <Empty icon={Inbox} title="No sendout fits" action={<Button onClick={onAll}>Show all</Button>}>
      Nothing has all of these. What arrives and does will appear here.
    </Empty>
  );
}
