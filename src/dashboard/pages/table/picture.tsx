// Inlets, routes and targets in three columns, with the lines between them. To the keyboard and to screen readers they are
// three lists of links; the lines say nothing that these do not.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { Badge } from "../../components/badge.tsx";
import { countOf, formatShort } from "../../components/numbers.ts";
import { connectedWith, keyOf, type Graph, type RouteNode } from "./graph.ts";
import { hrefOf, type PartRef } from "./part.ts";
import { Lines } from "./picture-lines.tsx";
import type { Pause } from "../../api/holds.ts";
import { ofRoute, ofTarget, type Standing, type TargetStanding } from "../../components/standing.ts";
import { sum, type Traffic } from "./traffic.ts";
import "./picture.css";

export interface PictureProps {
  graph: Graph;
  open: PartRef | undefined;
  /** What links to parts end with. */
  suffix: string;
  /** Undefined until it has been counted. */
  traffic: Traffic | undefined;
  targets: readonly TargetStanding[];
  pauses: readonly Pause[];
  onOpenGroup: (key: string) => void;
}

/** Up to how many rows a column's parts stand over its whole height; longer ones begin at the top, where they are seen. */
const ROWS_BALANCED_MAX = 12;

/** The picture. What is pointed at, has the focus or is open stands out with everything it is connected with. */
export function Picture({ graph, open, suffix, traffic, targets, pauses, onOpenGroup }: PictureProps) {
  const [pointed, setPointed] = useState<string>();
  const lit = pointed ?? keyOfOpen(graph, open);
  const near = lit === undefined ? undefined : connectedWith(graph, lit);
  const place = (key: string) => ({
    "data-node": key,
    "data-far": near !== undefined && !near.has(key) ? "" : undefined,
    onPointerEnter: () => setPointed(key),
    onPointerLeave: () => setPointed(undefined),
    onFocusIn: () => setPointed(key),
    onFocusOut: () => setPointed(undefined),
  });
  const standingOfTarget = (id: string) => {
    const found = targets.find((target) => target.id === id);
    return found && ofTarget(found);
  };
  const isOpen = (kind: PartRef["kind"], id: string) => open?.kind === kind && open.id === id;
  const isTall = Math.max(graph.routes.length, graph.targets.length) > ROWS_BALANCED_MAX;
  return (
    <div class={`picture ${isTall ? "picture-tall" : ""}`}>
      <Lines graph={graph} near={near} />
      <Column title="Inlets">
        {graph.inlets.map((id) => (
          <li key={id} {...place(keyOf("inlets", id))}>
            <Node href={`${hrefOf({ kind: "inlets", id })}${suffix}`} name={id} isOpen={isOpen("inlets", id)}>
              {said(traffic && (traffic.inlets[id] ?? 0), "sendout")}
            </Node>
          </li>
        ))}
      </Column>
      <Column title="Routes">
        {graph.routes.map((node) => (
          <li key={node.key} {...place(node.key)}>
            {node.ids.length > 1 ? (
              <Group node={node} onOpen={onOpenGroup} />
            ) : (
              <RouteLink node={node} suffix={suffix} isOpen={isOpen("routes", node.ids[0] ?? "")} pauses={pauses} />
            )}
          </li>
        ))}
      </Column>
      <Column title="Targets">
        {graph.targets.map((id) => (
          <li key={id} {...place(keyOf("targets", id))}>
            <Node
              href={`${hrefOf({ kind: "targets", id })}${suffix}`}
              name={id}
              isOpen={isOpen("targets", id)}
              standing={standingOfTarget(id)}
            >
              <TargetNumbers counts={traffic && (traffic.targets[id] ?? {})} />
            </Node>
          </li>
        ))}
      </Column>
    </div>
  );
}

function keyOfOpen({ routes }: Graph, open: PartRef | undefined): string | undefined {
  if (open === undefined) return undefined;
  if (open.kind !== "routes") return keyOf(open.kind, open.id);
  return routes.find(({ ids }) => ids.includes(open.id))?.key;
}

function Column({ title, children }: { title: string; children: readonly ComponentChildren[] }) {
  return (
    <section class="picture-column" aria-label={title}>
      <h2>
        {title} <span class="quiet">{children.length}</span>
      </h2>
      {children.length === 0 ? <p class="quiet">None</p> : <ul>{children}</ul>}
    </section>
  );
}

function Node({
  href,
  name,
  isOpen,
  standing,
  children,
}: {
  href: string;
  name: string;
  isOpen: boolean;
  standing?: Standing | undefined;
  children: ComponentChildren;
}) {
  return (
    <Link href={href} className="picture-node" aria-current={isOpen ? "true" : undefined}>
      <span class="picture-name">{name}</span>
      {standing && (
        <Badge state={standing.word} mood={standing.mood}>
          {standing.word}
        </Badge>
      )}
      <span class="picture-said">{children}</span>
    </Link>
  );
}

function RouteLink({
  node,
  suffix,
  isOpen,
  pauses,
}: {
  node: RouteNode;
  suffix: string;
  isOpen: boolean;
  pauses: readonly Pause[];
}) {
  const id = node.ids[0] ?? "";
  const pause = pauses.find(({ subject }) => subject === `route:${id}`);
  return (
    <Node href={`${hrefOf({ kind: "routes", id })}${suffix}`} name={id} isOpen={isOpen} standing={ofRoute(pause)}>
      {node.events.join(", ") || "no event"}
      <span class="visually-hidden"> to {node.targets.join(", ")}</span>
    </Node>
  );
}

/** Routes that lead to the same targets. Pressing it draws each of them. */
function Group({ node, onOpen }: { node: RouteNode; onOpen: (key: string) => void }) {
  return (
    <button type="button" class="picture-node picture-group" onClick={() => onOpen(node.key)}>
      <span class="picture-name">{node.ids.length} routes</span>
      <span class="picture-said">
        {node.ids.slice(0, 6).join(", ")}
        {node.ids.length > 6 && ", …"}
        <span class="visually-hidden"> to {node.targets.join(", ")}. Show each.</span>
      </span>
    </button>
  );
}

function TargetNumbers({ counts }: { counts: Readonly<Record<string, number>> | undefined }) {
  const { failed = 0, expired = 0, held = 0 } = counts ?? {};
  return (
    <>
      {said(counts && sum(counts), "delivery", "deliveries")}
      {failed + expired > 0 && <span class="picture-failed"> · {formatShort(failed + expired)} failed</span>}
      {held > 0 && <span class="picture-held"> · {formatShort(held)} waiting</span>}
    </>
  );
}

/** How many there were today; a space as high as that until it has been counted. */
function said(count: number | undefined, one: string, many = `${one}s`): string {
  if (count === undefined) return "\u00A0";
  if (count === 0) return "nothing today";
  return count < SHORT_FROM ? countOf(count, one, many) : `${formatShort(count)} ${many}`;
}

/** From where on a number is shortened. */
const SHORT_FROM = 10_000;
