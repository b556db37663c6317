// Adds a part to the draft: an inlet that waits for its secret, a target with an empty request, a route for events and targets
// that are chosen next.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { withPart, type PartKind } from "../../../routing/edit-table.ts";
import { whyNot } from "../../api/session-state.ts";
import { Menu } from "../../components/menu.tsx";
import { NameDialog } from "./name-dialog.tsx";
import { hrefOf, ONE, type Fields } from "./part.ts";
import type { Working } from "./working.ts";

/** The button, and the dialog behind it. */
export function AddPart({ working: { document, edit } }: { working: Working }) {
  const [, navigate] = useLocation();
  const [kind, setKind] = useState<PartKind>();
  const why = whyNot("config");
  const item = (of: PartKind, label: string) => ({ id: of, label, why, onChoose: () => setKind(of) });
  return (
    <>
      <Menu
        label="Add"
        icon={Plus}
        items={[
          item("routes", "A route"),
          { id: "builder", label: "A target, in the Builder", why, onChoose: () => navigate("/builder") },
          item("targets", "A target, as a form"),
          item("inlets", "An inlet"),
        ]}
      />
      {kind !== undefined && (
        <NameDialog
          title={`Add ${kind === "inlets" ? "an" : "a"} ${ONE[kind]}`}
          kind={kind}
          document={document}
          verb="Add to the draft"
          onClose={() => setKind(undefined)}
          onName={(id) => {
            edit((table) => withPart(table, kind, { id, definition: BEGUN[kind] }));
            navigate(hrefOf({ kind, id }));
          }}
        />
      )}
    </>
  );
}

const BEGUN: Readonly<Record<PartKind, Fields>> = {
  inlets: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
  targets: { request: { url: "https://" } },
  routes: { events: [], to: [] },
};
