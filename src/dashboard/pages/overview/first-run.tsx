// The three steps from an empty router to a delivered sendout, each ticked off when it has happened. Whoever has done them,
// or wants none of it, sees the overview alone.

import { useQuery } from "@tanstack/preact-query";
import { Check, X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { admin, answerOf } from "../../api/admin.ts";
import { useInlets } from "../../api/table-parts.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Note } from "../../components/note.tsx";
import { SendExample } from "./send-example.tsx";
import type { Steps } from "./use-steps.ts";
import "./first-run.css";

/** The steps. */
export function FirstRun({ done, onHide }: { done: Steps; onHide: () => void }) {
  return (
    <section class="first-run" aria-labelledby="first-run">
      <header>
        <h2 id="first-run">Three steps to your first delivery</h2>
        <Button tone="quiet" icon={X} label="Hide these steps" onClick={onHide} />
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
