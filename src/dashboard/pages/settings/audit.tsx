// Who did what through the admin API, and what it changed: the newest first, or what fits a filter.

import { useInfiniteQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { ScrollText } from "lucide-preact";
import { useMemo } from "preact/hooks";
import { Link, useLocation, useSearch } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { nameOfActor } from "../../components/actors.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { countOf } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { AuditFilterBar } from "./audit-filter-bar.tsx";
import { auditAddress, readAuditFilter, toAuditQuery, type AuditFilter } from "./audit-filter.ts";
import { changesOf } from "./changes.ts";

type Entry = InferResponseType<typeof admin.audit.$get, 200>["entries"][number];

/** How many values of one entry stand there at once; more of them open by a click. */
const CHANGES_SHOWN = 8;

/** The section. */
export function Audit() {
  const [, navigate] = useLocation();
  const search = useSearch();
  const filter = useMemo(() => readAuditFilter(search), [search]);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useAudit(filter);
  const entries = data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <>
      <AuditFilterBar filter={filter} onFilter={(next) => navigate(auditAddress(next))} />
      <Panel title="Audit log" isFlush>
        {error !== null && <Failure error={error} onRetry={refetch} />}
        {data === undefined && error === null && <Loading lines={8} />}
        {entries.length > 0 && <DataTable rows={entries} keyOf={({ id }) => id} columns={columnsOf(filter)} />}
        {data !== undefined && entries.length === 0 && !hasNextPage && (
          <Nothing filter={filter} onAll={() => navigate(auditAddress({}))} />
        )}
        {hasNextPage && (
          <p class="panel-line">
            {data?.pages.at(-1)?.complete === false && (
              <span class="quiet">That is all among the entries looked through so far. </span>
            )}
            <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show earlier ones
            </Button>
          </p>
        )}
      </Panel>
    </>
  );
}

function useAudit(filter: AuditFilter) {
  return useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: async ({ signal, pageParam }) => {
      const query = { ...toAuditQuery(filter, Date.now()), ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(admin.audit.$get({ query }, { init: { signal } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}

function Nothing({ filter, onAll }: { filter: AuditFilter; onAll: () => void }) {
  if (Object.keys(filter).length === 0) {
    return (
      <Empty icon={ScrollText} title="Nothing was done yet">
        Whatever somebody changes here, or lets the router show of a payload, stands here afterwards.
      </Empty>
    );
  }
  return (
    <Empty icon={ScrollText} title="No entry fits" action={<Button onClick={onAll}>Show all</Button>}>
      Nothing that was done has all of these. A call that only reads leaves an entry only where it shows a payload, and
      who is turned away leaves none.
    </Empty>
  );
}

/** What stands in a row leads to all that is like it. */
function columnsOf(filter: AuditFilter): readonly Column<Entry>[] {
  const only = (more: AuditFilter) => auditAddress({ ...filter, ...more });
  return [
    { title: "When", cell: ({ at }) => <Time at={at} as="clock" /> },
    {
      title: "Who",
      kind: "long",
      cell: ({ actor }) => (
        <Link class="settings-like" href={only({ actor: actor.name ?? actor.id })} title="Only theirs">
          {nameOfActor(actor)}
        </Link>
      ),
    },
    {
      title: "Call",
      kind: "long",
      cell: ({ action }) => (
        <Link class="settings-like mono" href={only({ action })} title="Only such calls">
          {action}
        </Link>
      ),
    },
    {
      title: "About",
      kind: "long",
      cell: ({ subject }) =>
        subject !== "" && (
          <Link class="settings-like" href={only({ subject })} title="Only what is about this">
            {subject}
          </Link>
        ),
    },
    {
      title: "Answer",
      cell: ({ status }) => (
        <Badge state={String(status)} mood={moodOf(status)}>
          {status ?? "never ended"}
        </Badge>
      ),
    },
    { title: "Changed", kind: "long", cell: ({ change }) => change !== null && <Changes change={change} /> },
  ];
}

function Changes({ change }: { change: NonNullable<Entry["change"]> }) {
  const changes = changesOf(change);
  const list = (
    <ul class="settings-changes">
      {changes.map(({ name, before, after }) => (
        <li key={name}>
          {name !== "" && <span class="quiet">{name} </span>}
          {before !== undefined && <del>{before}</del>} {after !== undefined && <ins>{after}</ins>}
        </li>
      ))}
    </ul>
  );
  if (changes.length <= CHANGES_SHOWN) return list;
  return (
    <details>
      <summary>{countOf(changes.length, "value")} changed</summary>
      {list}
    </details>
  );
}

function moodOf(status: number | null): "good" | "warn" | "bad" {
  if (status === null) return "bad";
  return status < 400 ? "good" : "warn";
}
