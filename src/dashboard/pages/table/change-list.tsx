// Changes of a table, one a line: what, where, and from what to what.

import { Link } from "wouter-preact";
import type { TableChange } from "../../../routing/diff-tables.ts";
import { Badge, type Mood } from "../../components/badge.tsx";
import { showValue, wordsOf } from "./change-words.ts";
import "./change-list.css";

const MOODS: Readonly<Record<TableChange["change"], Mood>> = {
  added: "good",
  removed: "bad",
  changed: "info",
  moved: "info",
};

/** How many changes are listed; the document itself has the others. */
const SHOWN_MAX = 200;

/** The changes. Parts can be opened where `isLinked` says that the page has them. */
export function ChangeList({ changes, isLinked = false }: { changes: readonly TableChange[]; isLinked?: boolean }) {
  if (changes.length === 0) return <p class="quiet">Nothing differs.</p>;
  return (
    <>
      <ul class="change-list">
        {changes.slice(0, SHOWN_MAX).map((change) => (
          <Change key={`${change.change} ${change.path}`} change={change} isLinked={isLinked} />
        ))}
      </ul>
      {changes.length > SHOWN_MAX && <p class="quiet">And {changes.length - SHOWN_MAX} more.</p>}
    </>
  );
}

function Change({ change, isLinked }: { change: TableChange; isLinked: boolean }) {
  const { subject, place, verb, href } = wordsOf(change);
  return (
    <li>
      <Badge state={change.change} mood={MOODS[change.change]} />
      <div>
        <p>
          {isLinked && href !== undefined ? <Link href={href}>{subject}</Link> : <strong>{subject}</strong>}{" "}
          {place === "" ? verb : <code>{place}</code>}
        </p>
        {"before" in change && <pre class="change-before">{showValue(change.before)}</pre>}
        {"after" in change && <pre class="change-after">{showValue(change.after)}</pre>}
      </div>
    </li>
  );
}
