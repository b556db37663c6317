// What somebody should look at, the gravest first, in a line each.

import { Siren } from "lucide-preact";
import { Link } from "wouter-preact";
import type { Incident } from "../../api/incidents.ts";
import { Time } from "../../components/time.tsx";

/** How many stand on the overview; the page of incidents has all. */
const SHOWN = 4;

/** The open incidents; nothing where there are none. */
export function OpenIncidents({ incidents }: { incidents: readonly Incident[] }) {
  if (incidents.length === 0) return null;
  return (
    <section class="overview-incidents" aria-label="Open incidents">
      <ul>
        {incidents.slice(0, SHOWN).map(({ kind, subject, title, lastSeenAt, acknowledgedBy }) => (
          <li key={`${kind} ${subject}`}>
            <Siren size={16} aria-hidden="true" />
            <p>
              <Link href={`/incidents?kind=${encodeURIComponent(kind)}&subject=${encodeURIComponent(subject)}`}>
                {title}
              </Link>{" "}
              <span>
                {acknowledgedBy !== null && `${acknowledgedBy} is at it. `}
                <Time at={lastSeenAt} />
              </span>
            </p>
          </li>
        ))}
      </ul>
      {incidents.length > SHOWN && <Link href="/incidents">All {incidents.length} open incidents</Link>}
    </section>
  );
}
