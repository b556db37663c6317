// A translation built by pointing at fields: an event, the template that reads it, and the request that comes of it, beside
// each other.

import { useQuery } from "@tanstack/preact-query";
import { SearchX } from "lucide-preact";
import { useMemo } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";
import * as v from "valibot";
import { admin, answerOf } from "../../api/admin.ts";
import { asApiError } from "../../api/problem.ts";
import { useRoutes } from "../../api/table-parts.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Page } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { draftOf, draftOfRecipe } from "./draft.ts";
import { Workbench } from "./workbench.tsx";

/** The page at `/builder`, and at `/builder/<target>` for one that is there. */
export function Builder() {
  const [path] = useLocation();
  const edited = decodeURIComponent(path.slice("/builder/".length));
  const recipe = new URLSearchParams(useSearch()).get("recipe") ?? "";
  const begin = useMemo(() => (recipe === "" ? undefined : draftOfRecipe(recipe)), [recipe]);
  return edited === "" ? (
    <Workbench key="" edited="" begin={begin} event={EVENT_DEFAULT} />
  ) : (
    <Existing key={edited} id={edited} />
  );
}

/** A target of the table in force, to go on with. */
function Existing({ id }: { id: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["targets", id],
    queryFn: async ({ signal }) => answerOf(admin.targets[":id"].$get({ param: { id } }, { init: { signal } })),
  });
  const begin = useMemo(() => (data === undefined ? undefined : draftOf(id, data.definition)), [data]);
  const routes = useRoutes();
  if (begin !== undefined && !routes.isPending) {
    return <Workbench edited={id} begin={begin} event={eventFor(id, routes.data?.items ?? [])} />;
  }
  return (
    <Page title="Builder">
      {error === null ? (
        data === undefined ? (
          <Loading lines={8} />
        ) : (
          <NoForm id={id} />
        )
      ) : asApiError(error).code === "not_found" ? (
        <Empty
          icon={SearchX}
          title={`There is no target ${id}`}
          action={<ButtonLink href="/builder">Build a new one</ButtonLink>}
        >
          It may have been renamed or taken out of the table.
        </Empty>
      ) : (
        <Failure error={error} onRetry={refetch} />
      )}
    </Page>
  );
}

/** What is looked at when nothing says: the event that most people begin with. */
const EVENT_DEFAULT = "redemption.succeeded";

const RouteSchema = v.object({ events: v.array(v.string()), to: v.array(v.string()) });

/** An event that goes to a target: of its routes the first type that is none of a pattern. */
function eventFor(target: string, routes: readonly { definition: unknown }[]): string {
  const events = routes.flatMap(({ definition }) => {
    const route = v.safeParse(RouteSchema, definition);
    return route.success && route.output.to.includes(target) ? route.output.events : [];
  });
  return events.find((event) => !event.endsWith("*")) ?? EVENT_DEFAULT;
}

function NoForm({ id }: { id: string }) {
  return (
    <Empty
      title="This target has no form"
      action={<ButtonLink href={`/table/targets/${encodeURIComponent(id)}`}>To its JSON</ButtonLink>}
    >
      Something in it is not of the kind that the Builder knows.
    </Empty>
  );
}
