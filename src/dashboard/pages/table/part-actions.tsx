// What can be done with a part as a whole, in the draft: another name, a copy, its place among the routes, out of the table.

import { ArrowDown, ArrowUp, Copy, Ellipsis, PenLine, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { usersOf, withoutPart } from "../../../routing/edit-table.ts";
import { whyNot } from "../../api/session-state.ts";
import { Menu, type MenuItem } from "../../components/menu.tsx";
import { NameDialog } from "./name-dialog.tsx";
import { freeName, hrefOf, ONE, withCopy, withName, withRouteMoved, type PartRef } from "./part.ts";
import type { Working } from "./working.ts";

/** The menu of a part. */
export function PartActions({ part, working }: { part: PartRef; working: Working }) {
  const [, navigate] = useLocation();
  const [isRenaming, setRenaming] = useState(false);
  const { document, edit } = working;
  const { kind, id } = part;
  const users = usersOf(document, kind, id);
  const notAllowed = whyNot("config");
  const copy = () => {
    const name = freeName(document, kind, id);
    edit((table) => withCopy(table, part, name));
    navigate(hrefOf({ kind, id: name }));
  };
  const items: MenuItem[] = [
    { id: "rename", label: "Rename…", icon: PenLine, why: notAllowed, onChoose: () => setRenaming(true) },
    { id: "copy", label: "Duplicate", icon: Copy, why: notAllowed, onChoose: copy },
    ...(kind === "routes" ? moves(part, working) : []),
    {
      id: "remove",
      label: "Remove",
      icon: Trash2,
      why: notAllowed ?? (users.length > 0 ? `Used by ${users.join(", ")}: take it out of there first.` : undefined),
      onChoose: () => edit((table) => withoutPart(table, kind, id)),
    },
  ];
  return (
    <>
      <Menu label={`What to do with ${id}`} icon={Ellipsis} tone="quiet" isLabelled={false} items={items} />
      {isRenaming && (
        <NameDialog
          title={`Rename the ${ONE[kind]} ${id}`}
          kind={kind}
          document={document}
          name={id}
          verb="Rename"
          onClose={() => setRenaming(false)}
          onName={(name) => {
            edit((table) => withName(table, part, name));
            navigate(hrefOf({ kind, id: name }));
          }}
        >
          {RENAMED[kind]}
        </NameDialog>
      )}
    </>
  );
}

/** What another name means, apart from the table. */
const RENAMED = {
  inlets:
    "Its URL changes with it: what is still sent to the old one is refused with 404. Enter the new URL in Voucherify at the same time.",
  targets:
    "Routes that name it follow. Deliveries that wait for the old name cannot be sent any more: let them go out first.",
  routes: "Its deliveries so far stay in the log under the old name, and a pause of the old name ends to count.",
} as const;

function moves({ id }: PartRef, { document, edit }: Working): MenuItem[] {
  const at = document.routes.findIndex((route) => route.id === id);
  const notAllowed = whyNot("config");
  return [
    {
      id: "up",
      label: "Move up",
      icon: ArrowUp,
      why: notAllowed ?? (at === 0 ? "It is the first." : undefined),
      onChoose: () => edit((table) => withRouteMoved(table, id, -1)),
    },
    {
      id: "down",
      label: "Move down",
      icon: ArrowDown,
      why: notAllowed ?? (at === document.routes.length - 1 ? "It is the last." : undefined),
      onChoose: () => edit((table) => withRouteMoved(table, id, 1)),
    },
  ];
}
