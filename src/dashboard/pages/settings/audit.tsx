// Who did what through the admin API, and what it changed.

import { useInfiniteQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { useState } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { nameOfActor } from "../../components/actors.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { TextField } from "../../components/field.tsx";
import { countOf } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { changesOf } from "./changes.ts";

type Entry = InferResponseType<typeof admin.audit.$get, 200>["entries"][number];

/** How many values of one entry stand there at once; more of them open by a click. */
const CHANGES_SHOWN = 8;

/** The section. */
export function Audit() {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: async ({ signal, pageParam }) => {
      const query = pageParam === null ? {} : { cursor: pageParam };
      return answerOf(admin.audit.$get({ query }, { init: { signal } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  const [sought, setSought] = useState("");
  const entries = data?.pages.flatMap((page) => page.entries) ?? [];
  const found = entries.filter((entry) => textOf(entry).includes(sought.trim().toLowerCase()));
  return (
    <Panel
      title="Audit log"
      isFlush
      actions={
        <TextField
          label="Search in what is listed"
          isLabelHidden
          type="search"
          placeholder="Search in what is listed"
          value={sought}
          onText={setSought}
        />
      }
    >
      {error !== null && <Failure error={error} onRetry={refetch} />}
      {data === undefined && error === null && <Loading lines={8} />}
      {data !== undefined && <DataTable rows={found} keyOf={({ id }) => id} columns={COLUMNS} />}
      {data !== undefined && found.length === 0 && (
        <p class="settings-none quiet">
          {entries.length === 0 ? "Nothing was done yet." : "Nothing listed has that in it."}
        </p>
      )}
      {hasNextPage && (
        <p class="settings-none">
          <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show earlier ones
          </Button>
        </p>
      )}
    </Panel>
  );
}

const COLUMNS: readonly Column<Entry>[] = [
  { title: "When", cell: ({ at }) => <Time at={at} as="clock" /> },
  { title: "Who", kind: "long", cell: ({ actor }) => nameOfActor(actor) },
  { title: "Call", kind: "long", cell: ({ action }) => <code>{action}</code> },
  { title: "About", kind: "long", cell: ({ subject }) => subject },
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

function textOf({ actor, action, subject, change }: Entry): string {
  return `${nameOfActor(actor)} ${action} ${subject} ${JSON.stringify(change)}`.toLowerCase();
}
