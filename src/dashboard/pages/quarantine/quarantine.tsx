// What is authentic and could not be read or routed: why, and how it goes on.

import { ShieldCheck } from "lucide-preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute, useSearchParams } from "wouter-preact";
import { Button } from "../../components/button.tsx";
import { FilterLinks } from "../../components/filter-links.tsx";
import { Select } from "../../components/field.tsx";
import { useKeys } from "../../components/keys.ts";
import { countOf } from "../../components/numbers.ts";
import { Page } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { Bulk } from "./bulk.tsx";
import { ItemRow } from "./item-row.tsx";
import { QuarantinedPanel } from "./quarantined-panel.tsx";
import { QUARANTINE_REASONS } from "./reasons.ts";
import { useQuarantine, type Item, type QuarantineFilter } from "./use-quarantine.ts";
import "./quarantine.css";

const VIEWS = [
  ["open", "Open"],
  ["discarded", "Discarded"],
  ["all", "All"],
] as const;

/** The page at `/quarantine`, with one of the list opened at `/quarantine/<id>`. */
export function Quarantine() {
  const [search] = useSearchParams();
  const filter = filterOf(search);
  const [, opened] = useRoute("/quarantine/:id");
  const id = opened?.id;
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useQuarantine(filter);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const open = data?.pages[0]?.open;
  return (
    <Page
      title="Quarantine"
      lead={
        open === undefined || open === 0
          ? "What is authentic and could not be read or routed. Nothing of it is lost."
          : `${countOf(open, "sendout")} open: authentic, but they could not be read or routed. Nothing of it is lost.`
      }
    >
      <Filters filter={filter} />
      {error !== null && <Failure error={error} onRetry={refetch} />}
      <div class={`quarantine ${id === undefined ? "" : "is-open"}`}>
        <div class="quarantine-list">
          {data === undefined && error === null && <Loading lines={8} />}
          {data !== undefined && <List items={items} filter={filter} openId={id} />}
          {hasNextPage && (
            <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show more
            </Button>
          )}
        </div>
        {id !== undefined && <QuarantinedPanel key={id} id={id} backHref={addressOf(filter)} />}
      </div>
    </Page>
  );
}

function Filters({ filter }: { filter: QuarantineFilter }) {
  const [, navigate] = useLocation();
  return (
    <div class="quarantine-filters">
      <FilterLinks
        label="Quarantine by state"
        links={VIEWS.map(([state, label]) => ({
          href: addressOf({ ...filter, state }),
          label,
          isCurrent: state === filter.state,
        }))}
      />
      <Select
        label="Reason"
        isLabelHidden
        value={filter.reason ?? ""}
        options={[["", "Every reason"], ...QUARANTINE_REASONS]}
        onChoose={(reason) => navigate(addressOf({ state: filter.state, ...(reason !== "" && { reason }) }))}
      />
    </div>
  );
}

function List({
  items,
  filter,
  openId,
}: {
  items: readonly Item[];
  filter: QuarantineFilter;
  openId: string | undefined;
}) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [, navigate] = useLocation();
  const goTo = (id: string | undefined) => id !== undefined && navigate(addressOf(filter, id));
  const at = items.findIndex(({ id }) => id === openId);
  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  useKeys([
    { keys: "j", does: "Open the next one", run: () => goTo(items[at + 1]?.id) },
    { keys: "k", does: "Open the one before", run: () => goTo(items[at - 1]?.id) },
    { keys: "x", does: "Select the one that is open", run: () => openId !== undefined && toggle(openId) },
    { keys: "Escape", does: "Close it", run: () => openId !== undefined && navigate(addressOf(filter)) },
  ]);
  if (items.length === 0) return <None filter={filter} />;
  const chosen = items.filter(({ id }) => selected.has(id));
  return (
    <>
      <Bulk
        chosen={chosen}
        isEvery={chosen.length === items.length}
        onEvery={(isEvery) => setSelected(new Set(isEvery ? items.map(({ id }) => id) : []))}
      />
      <ul>
        {items.map((item) => (
          <ItemRow
            key={item.id}
            item={item}
            href={addressOf(filter, item.id)}
            isOpen={item.id === openId}
            isSelected={selected.has(item.id)}
            onSelect={() => toggle(item.id)}
          />
        ))}
      </ul>
    </>
  );
}

function None({ filter: { state, reason } }: { filter: QuarantineFilter }) {
  if (state === "open" && reason === undefined) {
    return (
      <Empty icon={ShieldCheck} title="Nothing is in quarantine">
        What arrives signed and cannot be understood is kept here instead of being refused: Voucherify would switch its
        webhook off.
      </Empty>
    );
  }
  return <Empty title="There is none of that">Another state or reason may have some.</Empty>;
}

function filterOf(search: URLSearchParams): QuarantineFilter {
  const state = VIEWS.find(([of]) => of === search.get("state"))?.[0] ?? "open";
  const reason = search.get("reason");
  return { state, ...(reason !== null && { reason }) };
}

function addressOf({ state, reason }: QuarantineFilter, id?: string): string {
  const search = new URLSearchParams({
    ...(state !== "open" && { state }),
    ...(reason !== undefined && { reason }),
  }).toString();
  return `/quarantine${id === undefined ? "" : `/${encodeURIComponent(id)}`}${search === "" ? "" : `?${search}`}`;
}
