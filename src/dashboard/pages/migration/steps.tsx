// Voucherify's seven steps as a checklist.

import { Circle, CircleCheck, Hand } from "lucide-preact";
import { Panel } from "../../components/page.tsx";
import type { Report } from "./migration.tsx";

const ICONS = { done: CircleCheck, open: Circle, "by hand": Hand } as const;

/** The checklist; a step that nothing shows is yours to tick. */
export function Steps({ steps }: { steps: Report["steps"] }) {
  return (
    <Panel title="Voucherify's seven steps">
      <ol class="migration-steps">
        {steps.map(({ step, title, state, detail }) => {
          const Icon = ICONS[state];
          return (
            <li key={step} class={state === "done" ? "is-done" : ""}>
              <Icon size={18} aria-hidden="true" />
              <div>
                <h3>
                  {step}. {title} <span class="quiet">({state})</span>
                </h3>
                <p class="quiet">{detail}</p>
              </div>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
