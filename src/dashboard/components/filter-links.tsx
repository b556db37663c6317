// Views of one list as links, so that each has an address.

import { Link } from "wouter-preact";
import "./filter-links.css";

export interface FilterLink {
  href: string;
  label: string;
  isCurrent: boolean;
}

/** The views, the one that is shown marked. */
export function FilterLinks({ label, links }: { label: string; links: readonly FilterLink[] }) {
  return (
    <nav class="filter-links" aria-label={label}>
      {links.map(({ href, label: said, isCurrent }) => (
        <Link key={href} href={href} aria-current={isCurrent ? "page" : undefined}>
          {said}
        </Link>
      ))}
    </nav>
  );
}
