// One sendout, beside the list: what it was, what became of it, why, and what it said.

import { Eye, ListRestart, X } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";
import { asApiError } from "../../api/problem.ts";
import { whyNot } from "../../api/session-state.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { Time } from "../../components/time.tsx";
import { About } from "./about.tsx";
import { DataView } from "./data-view.tsx";
import { Decisions } from "./decisions.tsx";
import { DeliveryCard } from "./delivery-card.tsx";
import type { Chosen } from "./replay-select.ts";
import { useSendout, type WholeSendout } from "./use-sendout.ts";
import "./sendout-panel.css";

/** The panel. `onRead` is told how it stands, so that the list can show the same and keys know what they are for. */
export function SendoutPanel({
  id,
  onClose,
  onRead,
  onReplay,
}: {
  id: string;
  onClose: () => void;
  onRead: (sendout: WholeSendout) => void;
  onReplay: (chosen: Chosen) => void;
}) {
  const { sendout, error, refetch, isRevealed, reveal } = useSendout(id);
  useEffect(() => {
    if (sendout !== undefined) onRead(sendout);
    // Most reads say what the one before said.
  }, [sendout?.id, sendout?.deliveries.map(({ state }) => state).join()]);
  if (error !== null && sendout === undefined) {
    return (
      <aside class="sendout-panel" aria-label="Sendout">
        <header>
          <h2>Sendout</h2>
          <Close onClose={onClose} />
        </header>
        <div class="sendout-panel-body">
          <NotThere id={id} error={error} onRetry={refetch} />
        </div>
      </aside>
    );
  }
  // As high while it is read as it is then.
  const notYet = sendout === undefined ? "It has not been read yet." : undefined;
  return (
    <aside class="sendout-panel" aria-label="Sendout" aria-busy={sendout === undefined}>
      <header>
        <div>
          <h2>{sendout === undefined ? "Sendout" : (sendout.event?.type ?? "Not understood")}</h2>
          <p class="quiet">{sendout === undefined ? "Reading …" : <Received sendout={sendout} />}</p>
        </div>
        {sendout?.deliveries.length !== 0 && (
          <Button
            icon={ListRestart}
            why={whyNot("replay") ?? notYet}
            onClick={() => sendout && onReplay({ kind: "sendouts", ids: [sendout.id] })}
          >
            Replay…
          </Button>
        )}
        {!isRevealed && (
          <Button icon={Eye} why={whyNot("payload") ?? notYet} onClick={() => askToReveal(reveal)}>
            Reveal
          </Button>
        )}
        <Close onClose={onClose} />
      </header>
      <div class="sendout-panel-body">
        {sendout === undefined ? <Loading lines={10} /> : <Sections {...{ sendout, isRevealed, onReplay }} />}
      </div>
    </aside>
  );
}

function Close({ onClose }: { onClose: () => void }) {
  return <Button tone="quiet" icon={X} label="Close (Escape)" onClick={onClose} />;
}

function Received({ sendout: { state, receivedAt, label } }: { sendout: WholeSendout }) {
  return (
    <>
      <Badge state={state} /> <Time at={receivedAt} as="clock" />
      {label !== null && <> · {label}</>}
    </>
  );
}

/** The views of it. Which one is open is in the address. */
function Sections({
  sendout,
  isRevealed,
  onReplay,
}: {
  sendout: WholeSendout;
  isRevealed: boolean;
  onReplay: (chosen: Chosen) => void;
}) {
  const [path, navigate] = useLocation();
  const params = new URLSearchParams(useSearch());
  const { deliveries } = sendout;
  const choose = (view: string) => {
    params.set("view", view);
    navigate(`${path}?${params.toString()}`, { replace: true });
  };
  return (
    <Tabs
      label="Parts of the sendout"
      value={VIEWS.find((view) => view === params.get("view")) ?? "deliveries"}
      onChoose={choose}
      tabs={[
        {
          id: "deliveries",
          label: `Deliveries (${deliveries.length})`,
          render: () =>
            deliveries.length === 0 ? (
              <WhyNone sendout={sendout} />
            ) : (
              deliveries.map((delivery) => <DeliveryCard key={delivery.id} delivery={delivery} onReplay={onReplay} />)
            ),
        },
        { id: "decisions", label: "Routes", render: () => <Decisions sendout={sendout} /> },
        { id: "data", label: "Data", render: () => <DataView sendout={sendout} isRevealed={isRevealed} /> },
        { id: "about", label: "About", render: () => <About sendout={sendout} /> },
      ]}
    />
  );
}

const VIEWS = ["deliveries", "decisions", "data", "about"];

function askToReveal(reveal: () => Promise<void>): void {
  ask({
    title: "Reveal what this sendout says?",
    children: (
      <p>
        Payload, requests and answers are shown with the personal values in them, until you leave this sendout. The
        audit log notes that you have seen them.
      </p>
    ),
    verb: "Reveal",
    run: reveal,
  });
}

function WhyNone({ sendout: { state, reason, detail } }: { sendout: WholeSendout }) {
  const why = [reason, detail].filter((part) => part !== null).join(": ");
  return (
    <p class="sendout-none">
      {state === "quarantined"
        ? `It could not be understood or processed, and waits in quarantine. ${why}`
        : `It goes nowhere: no route took it. ${why}`}
    </p>
  );
}

function NotThere({ id, error, onRetry }: { id: string; error: unknown; onRetry: () => unknown }) {
  if (asApiError(error).code !== "not_found") return <Failure error={error} onRetry={onRetry} />;
  return (
    <Empty title="There is no such sendout">
      <code>{id}</code> is none that this router has logged, or it was purged.
    </Empty>
  );
}
