// What has happened because of something that somebody did, in a corner, for as long as it takes to read.

import * as zag from "@zag-js/toast";
import { normalizeProps, useMachine } from "@zag-js/preact";
import { X } from "lucide-preact";
import { asApiError } from "../api/problem.ts";
import { Button } from "./button.tsx";
import { useId } from "./use-id.ts";
import "./toasts.css";

const store = zag.createStore({ placement: "bottom-end", overlap: false, gap: 8, max: 4 });

/** Says something: what was done, or that it could not be. */
export function tell(message: { title: string; description?: string; type?: "success" | "error" | "info" }): void {
  store.create({ type: "success", ...message });
}

/** Says what kept a call from being done. */
export function tellError(error: unknown, title: string): void {
  tell({ title, description: asApiError(error).message, type: "error" });
}

/** Where messages appear; once on the page. */
export function Toasts() {
  const service = useMachine(zag.group.machine, { id: useId(), store });
  const group = zag.group.connect(service, normalizeProps);
  return (
    <div {...group.getGroupProps()}>
      {group.getToasts().map((toast, index) => (
        <Toast key={toast.id} toast={toast} parent={service} index={index} />
      ))}
    </div>
  );
}

function Toast({ toast, parent, index }: { toast: zag.Options; parent: zag.GroupService; index: number }) {
  // What a toast does not say is not there, though its type says that it may be undefined.
  const props = { ...toast, parent, index } as Defined<zag.Props>;
  const service = useMachine(zag.machine, props);
  const said = zag.connect(service, normalizeProps);
  return (
    <div {...said.getRootProps()} class={`toast toast-${said.type}`}>
      <span {...said.getGhostBeforeProps()} />
      <div>
        <p {...said.getTitleProps()} class="toast-title">
          {said.title}
        </p>
        {said.description !== undefined && <p {...said.getDescriptionProps()}>{said.description}</p>}
      </div>
      <Button tone="quiet" icon={X} label="Close" onClick={() => said.dismiss()} />
      <span {...said.getGhostAfterProps()} />
    </div>
  );
}

type Defined<T> = { [key in keyof T]: Exclude<T[key], undefined> };
