// What is done with what is selected.

import { ListRestart } from "lucide-preact";
import { whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { countOf } from "../../components/numbers.ts";
import type { Selected } from "./selection.ts";

/** How many are selected, and what can be done with them; nothing where none is. */
export function SelectionBar({
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
