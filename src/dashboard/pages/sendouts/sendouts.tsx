// Every sendout: found by filter, read beside the list, repaired there.

import { Inbox } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { may } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { useKeys } from "../../components/keys.ts";
import { useMatch } from "../../components/media.ts";
import { Page } from "../../components/page.tsx";
import { Empty } from "../../components/states.tsx";
import { askToRetry, canRetry } from "./delivery-actions.tsx";
import { writeFilter, type SendoutFilter } from "./filter.ts";
import { ReplayDialog } from "./replay-dialog.tsx";
import type { Chosen } from "./replay-select.ts";
import type { Selected } from "./selection.ts";
import { SelectionBar } from "./selection-bar.tsx";
import { SendoutFilterBar } from "./sendout-filter-bar.tsx";
import { SendoutList } from "./sendout-list.tsx";
import { SendoutPanel } from "./sendout-panel.tsx";
import { useAddress } from "./use-address.ts";
import { useChoice } from "./use-choice.ts";
import { useLog } from "./use-log.ts";
import type { WholeSendout } from "./use-sendout.ts";
import "./sendouts.css";

/** The page at `/sendouts`, and with a sendout open at `/sendouts/<id>`. */
export function Sendouts() {
  const { filter, written, openId, hrefOf, setFilter, open, close, follow } = useAddress();
  const { log, restart, isStale } = useLog(written);
  const list = useChoice(log, openId);
  const [replayed, setReplayed] = useState<Chosen>();
  const shown = useRef<{ by: string; sendout: WholeSendout }>(null);
  const isPhone = useMatch("(width < 48rem)");
  const { rows } = log.kept;

  const move = (to: number) => {
    const row = rows[Math.max(Math.min(to, rows.length - 1), 0)];
    if (row === undefined) return;
    list.setActive(row.id);
    if (openId !== undefined && !isPhone) open(row.id);
  };
  const step = (by: number) => {
    document.querySelector<HTMLElement>(".sendout-grid")?.focus({ preventScroll: true });
    move(list.active + by);
  };
  const sendAgain = () => {
    const chosen = chosenOf(list.selected, filter);
    if (chosen !== undefined) return setReplayed(chosen);
    const opened = shown.current?.by === openId ? shown.current?.sendout : undefined;
    // What is not read yet is not known: the one before must not be sent in its place.
    if (openId !== undefined && opened === undefined) return;
    if (opened?.deliveries.some(canRetry) === true) return askToRetry(opened);
    const id = opened?.id ?? rows[list.active]?.id;
    if (id !== undefined) setReplayed({ kind: "sendouts", ids: [id] });
  };
  useKeys([
    { keys: "j", does: "Next sendout", run: () => step(1) },
    { keys: "k", does: "Sendout before", run: () => step(-1) },
    { keys: "x", does: "Select it", run: () => list.toggle(list.active, false) },
    { keys: "X", does: "Select all up to it", run: () => list.toggle(list.active, true) },
    { keys: "r", does: "Retry or replay it, or what is selected", run: () => may("replay") && sendAgain() },
    { keys: "Escape", does: "Close it, or select none", run: openId === undefined ? list.selectNone : close },
  ]);
  return (
    <Page title="Sendouts" isFilling lead="What Voucherify has sent, what was decided, and what became of it.">
      <SendoutFilterBar filter={filter} onFilter={setFilter} onMeant={follow} />
      <SelectionBar
        selected={list.selected}
        onAll={list.selectAll}
        onNone={list.selectNone}
        onReplay={() => setReplayed(chosenOf(list.selected, filter))}
      />
      <div class={`sendouts-split ${openId === undefined ? "" : "is-open"}`}>
        {log.progress.value === "ended" && rows.length === 0 ? (
          <Nothing filter={filter} onAll={() => setFilter({})} />
        ) : (
          <SendoutList
            log={log}
            isStale={isStale}
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
            onFurther={(until) => setFilter({ ...filter, until })}
          />
        )}
        {openId !== undefined && (
          <SendoutPanel
            key={openId}
            id={openId}
            onClose={close}
            onRead={(sendout) => {
              shown.current = { by: openId, sendout };
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

/** What is selected, as a replay takes it; undefined where nothing is. */
function chosenOf(selected: Selected, filter: SendoutFilter): Chosen | undefined {
  if (selected === "all") return { kind: "filter", filter };
  return selected.size === 0 ? undefined : { kind: "sendouts", ids: [...selected] };
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
