// The list of keys: those of the page that is open, and those that work everywhere.

import { signal } from "@preact/signals";
import { DataTable, type Column } from "../components/data-table.tsx";
import { bindings, type KeyBinding } from "../components/keys.ts";
import { Dialog } from "../components/dialog.tsx";

/** Whether the list is open. */
export const keyHelp = signal(false);

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The list, while it is open. */
export function KeyHelp() {
  const own = bindings.value.filter(({ group }) => group !== "everywhere");
  const everywhere = bindings.value.filter(({ group }) => group === "everywhere");
  return (
    <Dialog title="Keys" isOpen={keyHelp.value} onClose={() => (keyHelp.value = false)}>
      {own.length > 0 && <Keys title="On this page" of={own} />}
      <Keys title="Everywhere" of={everywhere} />
    </Dialog>
  );
}

const COLUMNS: readonly Column<KeyBinding>[] = [
  { title: "Does", cell: ({ does }) => does },
  {
    title: "Keys",
    kind: "number",
    cell: ({ keys }) =>
      keys.split(" ").map((key) => <kbd key={key}>{key.replace("mod+", IS_APPLE ? "⌘ " : "Ctrl ")}</kbd>),
  },
];

function Keys({ title, of }: { title: string; of: readonly KeyBinding[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <DataTable rows={of} keyOf={({ keys }) => keys} columns={COLUMNS} />
    </section>
  );
}
