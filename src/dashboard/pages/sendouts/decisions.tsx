// Why a sendout went where it went: what was planned when it came, and what each route of the table in force says of it.

import { useQuery } from "@tanstack/preact-query";
import { Check, Minus } from "lucide-preact";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { may } from "../../api/session-state.ts";
import { Failure, Loading } from "../../components/states.tsx";
import type { WholeSendout } from "./use-sendout.ts";

/** Both, one below the other. */
export function Decisions({ sendout }: { sendout: WholeSendout }) {
  const { id, planned, tableVersion, reason, detail } = sendout;
  return (
    <div class="decisions">
      <section>
        <h3>When it came{tableVersion !== null && `, by version ${tableVersion}`}</h3>
        {planned.length === 0 ? (
          <p class="quiet">{[reason, detail].filter((part) => part !== null).join(": ") || "No route took it."}</p>
        ) : (
          <ul>
            {planned.map(({ target, route }) => (
              <li key={target} class="is-taken">
                <Check size={16} aria-hidden="true" />
                <div>
                  <Link href={`/table/routes/${route}`}>{route}</Link> leads to{" "}
                  <Link href={`/table/targets/${target}`}>{target}</Link>
                </div>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section>
        <h3>By the table in force</h3>
        {may("payload") ? (
          <ByTheTable id={id} />
        ) : (
          <p class="quiet">Reasons say what is in a payload, and need the scope payload, which you do not have.</p>
        )}
      </section>
    </div>
  );
}

function ByTheTable({ id }: { id: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["preview", "decisions", id],
    queryFn: async ({ signal }) =>
      answerOf(admin.preview.$post({ query: {}, json: { sendout: { id } } }, { init: { signal } })),
  });
  if (error !== null) return <Failure error={error} onRetry={refetch} />;
  if (data === undefined) return <Loading />;
  if (data.routes.length === 0) return <p class="quiet">The table has no routes.</p>;
  return (
    <ul>
      {data.routes.map(({ route, taken, why }) => (
        <li key={route} class={taken ? "is-taken" : ""}>
          {taken ? <Check size={16} aria-hidden="true" /> : <Minus size={16} aria-hidden="true" />}
          <div>
            <Link href={`/table/routes/${route}`}>{route}</Link>{" "}
            <span class="quiet">{taken ? "matched" : `not taken: ${why ?? "it says no"}`}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}
