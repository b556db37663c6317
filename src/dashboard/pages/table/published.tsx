// That a version has been published from here, and what the router says somebody should look at.

import { CircleCheck, X } from "lucide-preact";
import { Link } from "wouter-preact";
import { Button } from "../../components/button.tsx";
import { published } from "./publish.ts";

/** The note; it stays until it is closed. */
export function Published() {
  const done = published.value;
  if (done === undefined) return null;
  return (
    <section class="published" role="status">
      <CircleCheck size={18} aria-hidden="true" />
      <div>
        <p>
          <Link href={`/table/versions/${done.version}`}>Version {done.version}</Link> is in force. What was accepted
          before is still routed by the version before it.
        </p>
        {done.warnings.length > 0 && (
          <ul class="draft-findings">
            {done.warnings.map((warning) => (
              <li key={warning} class="draft-warning">
                {warning}
              </li>
            ))}
          </ul>
        )}
      </div>
      <Button tone="quiet" icon={X} label="Close" onClick={() => (published.value = undefined)} />
    </section>
  );
}
