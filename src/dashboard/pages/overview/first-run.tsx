// The three steps from an empty router to a delivered sendout, each ticked off when it has happened. Whoever has done them,
// or wants none of it, sees the overview alone.

import { useQuery } from "@tanstack/preact-query";
import { Check, X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { sentExamples } from "../../api/examples.ts";
import { useNewestSendouts } from "../../api/standing.ts";
import { useInlets } from "../../api/table-parts.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Note } from "../../components/note.tsx";
import { hideFirstRun, isFirstRunHidden } from "./first-run-hidden.ts";
import { SendExample } from "./send-example.tsx";
import "./first-run.css";

/** How many of the newest sendouts are looked at: the examples that were sent are among them, and so is Voucherify's first. */
const LOOKED_AT = 20;

/** How often it is looked whether a step has happened, in milliseconds. */
const LOOK_MS = 2_000;

/** The steps; nothing once all have happened. */
export function FirstRun() {
  const [isHidden, setHidden] = useState(isFirstRunHidden);
  const done = useDone();
  if (isHidden || done === undefined || (done.isPointed && done.hasTarget && done.isDelivered)) return null;
  const hide = () => {
    hideFirstRun();
    setHidden(true);
  };
  return (
    <section class="first-run" aria-labelledby="first-run">
      <header>
        <h2 id="first-run">Three steps to your first delivery</h2>
        <Button tone="quiet" icon={X} label="Hide these steps" onClick={hide} />
      </header>
      <ol>
        <Step title="Point Voucherify here" isDone={done.isPointed} doneText="Voucherify has sent something.">
          <Point hasTarget={done.hasTarget} />
        </Step>
        <Step title="Choose a target" isDone={done.hasTarget} doneText="The table has a route to a target.">
          <p>Where requests go, such as Slack, Braze or an API of your own, and which events they are made of.</p>
          <ButtonLink href="/builder" tone="primary">
            Build a target
          </ButtonLink>
        </Step>
        <Step title="Send an example" isDone={done.isDelivered} doneText="A delivery has arrived.">
          <SendExample hasTarget={done.hasTarget} />
        </Step>
      </ol>
    </section>
  );
}

/** Which steps have happened; undefined until that is known. */
function useDone() {
  const routes = useQuery({
    queryKey: ["routes"],
    queryFn: async ({ signal }) => answerOf(admin.routes.$get({}, { init: { signal } })),
    refetchInterval: LOOK_MS,
  });
  const newest = useNewestSendouts(LOOKED_AT);
  const delivered = useQuery({
    queryKey: ["deliveries", "any delivered"],
    queryFn: async ({ signal }) =>
      answerOf(admin.deliveries.$get({ query: { state: "delivered", limit: "1" } }, { init: { signal } })),
    refetchInterval: LOOK_MS,
  });
  if (routes.data === undefined || newest.data === undefined || delivered.data === undefined) return undefined;
  const examples = sentExamples();
  return {
    isPointed: newest.data.sendouts.some(
      ({ acceptedId, event }) => !examples.has(acceptedId) && event?.type !== "signalbox.self_test",
    ),
    hasTarget: routes.data.items.length > 0,
    isDelivered: delivered.data.deliveries.some(({ target }) => target !== "signalbox-echo"),
  };
}

function Step({
  title,
  isDone,
  doneText,
  children,
}: {
  title: string;
  isDone: boolean;
  doneText: string;
  children: ComponentChildren;
}) {
  return (
    <li class={isDone ? "is-done" : ""}>
      <h3>
        <span class="first-run-mark" aria-hidden="true">
          {isDone && <Check size={14} />}
        </span>
        {title}
        {isDone && <span class="visually-hidden"> (done)</span>}
      </h3>
      {isDone ? <p class="quiet">{doneText}</p> : children}
    </li>
  );
}

/** What is to be done in Voucherify, for the table's first inlet. */
function Point({ hasTarget }: { hasTarget: boolean }) {
  const { data } = useInlets();
  const upstream = useQuery({
    queryKey: ["upstream", hasTarget],
    queryFn: async ({ signal }) => answerOf(admin.upstream.$get({}, { init: { signal } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [inlet] = data?.items ?? [];
  if (inlet === undefined) return <p>The table has no inlet. Add one under Routes and targets.</p>;
  const steps = upstream.data?.inlets.find((one) => one.inlet === inlet.id)?.steps ?? [];
  const missing = inlet.secrets.filter(({ set }) => !set);
  return (
    <>
      <p>A webhook of your Voucherify project posts to this URL:</p>
      <p class="first-run-url">
        <code>{inlet.url}</code>
        <CopyButton text={inlet.url} label="Copy the URL" tone="plain" />
      </p>
      {missing.map(({ name }) => (
        <Note key={name} mood="warn">
          The secret {name} is not set yet, so everything is turned away. Voucherify shows it beside the webhook:{" "}
          <code>npx wrangler secret put {name}</code>
        </Note>
      ))}
      {steps.length === 0 ? (
        <p class="quiet">Choose a target first: its route says which events to tick there.</p>
      ) : (
        <details>
          <summary>Step by step in Voucherify</summary>
          <ol class="first-run-steps">
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}
