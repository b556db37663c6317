// Deletes everything about one customer: first what it would be, then the run, and how far earlier ones have come.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { forget, LIVE_MS } from "../../api/queries.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { Select, TextArea } from "../../components/field.tsx";
import { countOf, formatCount } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Failure } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { tell } from "../../components/toasts.tsx";
import { useAct } from "../../api/use-act.ts";

type Plan = Extract<InferResponseType<typeof admin.customers.delete.$post, 200>, { state: "planned" }>;

/** What is done with deliveries that are under way. */
const POLICIES = [
  ["wait", "Deleted once it has ended"],
  ["cancel", "Given up, and deleted at once"],
] as const;

/** The form, the plan, and the deletions there were. */
export function Deletions() {
  const [text, setText] = useState("");
  const [plan, setPlan] = useState<Plan>();
  const customer = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const looking = useAct({
    mutationFn: async () => answerOf(admin.customers.delete.$post({ json: { customer } })),
    onSuccess: (answer) => {
      if (answer.state === "planned") setPlan(answer);
    },
  });
  const over = () => {
    setText("");
    setPlan(undefined);
  };
  return (
    <>
      <Panel title="Delete a customer">
        <div class="settings-stack">
          <TextArea
            label="Everything the customer is known by, one a line"
            rows={3}
            value={text}
            onText={(typed) => {
              setText(typed);
              setPlan(undefined);
            }}
            placeholder={"cust_7b1…\nada@example.com"}
            hint="Id, source id, e-mail addresses, phone numbers: nothing is concluded from one to another."
          />
          <Button
            isBusy={looking.isPending}
            why={customer.length === 0 ? "Say who it is first." : undefined}
            onClick={() => looking.mutate()}
          >
            See what it would be
          </Button>
          {looking.error !== null && <Failure error={looking.error} />}
          {plan !== undefined && <Planned plan={plan} customer={customer} onDone={over} />}
        </div>
      </Panel>
      <Earlier />
    </>
  );
}

function Planned({ plan, customer, onDone }: { plan: Plan; customer: readonly string[]; onDone: () => void }) {
  const [open, setOpen] = useState<"wait" | "cancel">("wait");
  const { found, open: underWay, toLookThrough } = plan;
  const confirm = () =>
    ask({
      title: "Delete everything about this customer?",
      children: (
        <p>
          Payloads, requests and answers go, from the archive too, and cannot be brought back. That sendouts came and
          what became of them stays.
        </p>
      ),
      verb: "Delete",
      tone: "danger",
      run: async () => {
        await answerOf(admin.customers.delete.$post({ json: { customer: [...customer], open, confirm: true } }));
        await forget("customers");
        tell({ title: "The deletion runs", description: "The cron takes it to its end." });
        onDone();
      },
    });
  return (
    <>
      <p>
        {found === null
          ? "Without a search key it cannot be told beforehand how many sendouts are the customer's."
          : `${countOf(found, "sendout")} ${found === 1 ? "is" : "are"} the customer's as far as a search can tell.`}{" "}
        The run looks through all {formatCount(toLookThrough)}.
      </p>
      {underWay.length > 0 && (
        <>
          <p>
            Something is under way:{" "}
            {underWay.map((id, index) => (
              <span key={id}>
                {index > 0 && ", "}
                <Link href={`/sendouts/${id}`}>{id}</Link>
              </span>
            ))}
          </p>
          <Select label="What is under way is" value={open} options={POLICIES} onChoose={setOpen} />
        </>
      )}
      <Button tone="danger" onClick={confirm}>
        Delete the customer…
      </Button>
    </>
  );
}

type Deletion = InferResponseType<typeof admin.customers.deletions.$get, 200>["deletions"][number];

const COLUMNS: readonly Column<Deletion>[] = [
  { title: "Begun", cell: ({ startedAt }) => <Time at={startedAt} /> },
  { title: "State", cell: ({ state }) => <Badge state={state} /> },
  { title: "Looked through", kind: "number", cell: ({ lookedThrough }) => formatCount(lookedThrough) },
  { title: "Deleted", kind: "number", cell: ({ deleted }) => formatCount(deleted) },
  { title: "Waiting", kind: "number", cell: ({ waiting }) => formatCount(waiting) },
  { title: "Ended", cell: ({ endedAt }) => endedAt !== null && <Time at={endedAt} /> },
  { title: "Customer, as a hash", kind: "long", cell: ({ subject }) => <code>{subject}</code> },
];

function Earlier() {
  const { data, error, refetch } = useQuery({
    queryKey: ["customers", "deletions"],
    queryFn: async ({ signal }) => answerOf(admin.customers.deletions.$get({}, { init: { signal } })),
    refetchInterval: LIVE_MS,
  });
  if (error !== null) return <Failure error={error} onRetry={refetch} />;
  if (data === undefined || data.deletions.length === 0) return null;
  return (
    <Panel title="Deletions" isFlush>
      <DataTable rows={data.deletions} keyOf={({ id }) => id} columns={COLUMNS} />
    </Panel>
  );
}
