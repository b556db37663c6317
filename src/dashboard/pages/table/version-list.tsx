// Every version of the table: who published it, when and why.

import { useInfiniteQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { History } from "lucide-preact";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import type { TableVersion } from "../../api/table.ts";
import { nameOfActor } from "../../components/actors.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { Panel } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";

/** The list, the newest first. */
export function VersionList({ inForce }: { inForce: TableVersion }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    // Read again with each publication.
    queryKey: ["table", "versions", "list", inForce.version],
    queryFn: async ({ signal, pageParam }) => {
      const query = pageParam === "" ? {} : { cursor: pageParam };
      return answerOf(admin.table.versions.$get({ query }, { init: { signal } }));
    },
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });
  if (error !== null) return <Failure error={error} onRetry={refetch} />;
  if (data === undefined) return <Loading lines={6} />;
  const versions = data.pages.flatMap((page) => page.versions);
  if (versions.length === 0) {
    return (
      <Empty icon={History} title="Nothing was published yet">
        The <Link href="/table/versions/0">built-in table</Link> is in force: one inlet and no route.
      </Empty>
    );
  }
  return (
    <>
      <Panel isFlush>
        <DataTable rows={versions} keyOf={({ version }) => version} columns={columnsOf(inForce)} />
      </Panel>
      {hasNextPage && (
        <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Older versions
        </Button>
      )}
    </>
  );
}

type Listed = InferResponseType<typeof admin.table.versions.$get, 200>["versions"][number];

function columnsOf(inForce: TableVersion): readonly Column<Listed>[] {
  return [
    {
      title: "Version",
      cell: ({ version }) => (
        <>
          <Link href={`/table/versions/${version}`}>{version}</Link>{" "}
          {version === inForce.version && <Badge state="in force" mood="good" />}
        </>
      ),
    },
    { title: "Published", cell: ({ publishedAt }) => publishedAt !== null && <Time at={publishedAt} /> },
    { title: "By", kind: "long", cell: ({ by }) => nameOfActor(by) },
    { title: "Why", kind: "long", cell: ({ note }) => note },
  ];
}
