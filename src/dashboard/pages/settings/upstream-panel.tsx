// The webhook in Voucherify as its Management API shows it: whether it is as the table needs it, and what puts that right.

import { RefreshCw } from "lucide-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { forget } from "../../api/queries.ts";
import { whyNot } from "../../api/session-state.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { countOf } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Time } from "../../components/time.tsx";
import { tell, tellError } from "../../components/toasts.tsx";
import type { Upstream } from "./inlets.tsx";
import { useAct } from "../../api/use-act.ts";
import type { Working } from "../table/working.ts";
import { EditSection } from "./edit-section.tsx";
import { UpstreamForm } from "./upstream-form.tsx";
import { UpstreamProblem } from "./upstream-problem.tsx";

type Webhook = NonNullable<Upstream["webhook"]>;

const URL_WORDS = {
  same: "posts to the inlet",
  token: "posts to the inlet with another token",
  other: "posts somewhere else",
} as const;

/** The panel. */
export function UpstreamPanel({ upstream, working }: { upstream: Upstream; working: Working }) {
  const { webhook, difference, twins, problem, watch } = upstream;
  const isUnconfigured = problem?.reason === "settings_missing";
  const canPrune = (difference?.superfluous.length ?? 0) > 0;
  return (
    <Panel
      title="Webhook in Voucherify"
      actions={
        <div class="settings-actions">
          {!isUnconfigured && (
            <>
              {webhook?.active === false && <Enable />}
              {problem === null && (
                <PutWebhook verb={webhook === null ? "Create it…" : "Make it as the table needs it…"} />
              )}
              {canPrune && <PutWebhook verb="Untick what no route takes…" prune />}
              <Look />
            </>
          )}
          <EditSection
            section="voucherify"
            title="Voucherify's Management API"
            working={working}
            removal="Go without it"
          >
            {(form) => <UpstreamForm form={form} inlets={Object.keys(working.document.inlets)} />}
          </EditSection>
        </div>
      }
    >
      <div class="settings-stack">
        {isUnconfigured && (
          <p>
            With credentials of Voucherify's Management API, Signalbox creates the webhook, says how its event types
            differ from what the routes take, and sees when Voucherify switches it off. Until then the steps above are
            yours to do.
          </p>
        )}
        {problem !== null && !isUnconfigured && <UpstreamProblem {...problem} />}
        {problem === null && webhook === null && <p>The project has no webhook that posts to the inlet.</p>}
        {webhook !== null && (
          <Facts>
            <Fact name="State">
              <Badge state={webhook.active ? "active" : "disabled"} mood={webhook.active ? "good" : "bad"} />
            </Fact>
            <Fact name="URL">{difference === null ? webhook.url : URL_WORDS[difference.url]}</Fact>
            <Fact name="Event types">{countOf(webhook.events.length, "type")} ticked</Fact>
          </Facts>
        )}
        {difference !== null && <Differences {...difference} />}
        {twins.length > 0 && (
          <p class="settings-trouble">
            Other webhooks post to the same inlet, so that what both send arrives twice: {twins.join(", ")}
          </p>
        )}
        {watch !== null && <Watch {...watch} />}
      </div>
    </Panel>
  );
}

function Differences({ url, missing, superfluous }: NonNullable<Upstream["difference"]>) {
  return (
    <>
      {missing.length > 0 && (
        <p class="settings-trouble">Routes take these, and they are not ticked: {missing.join(", ")}</p>
      )}
      {superfluous.length > 0 && <p class="quiet">Ticked, and taken by no route: {superfluous.join(", ")}</p>}
      {url === "same" && missing.length === 0 && superfluous.length === 0 && (
        <p class="quiet">It is as the table needs it.</p>
      )}
    </>
  );
}

function Watch({ state, since, lookedAt, failure }: NonNullable<Upstream["watch"]>) {
  return (
    <Facts>
      <Fact name="The watch saw it">
        {state}
        {since !== null && (
          <>
            {" "}
            since <Time at={since} />
          </>
        )}
      </Fact>
      {lookedAt !== null && (
        <Fact name="Last look">
          <Time at={lookedAt} />
        </Fact>
      )}
      {failure !== null && <Fact name="Trouble">{failure}</Fact>}
    </Facts>
  );
}

async function forgetUpstream(): Promise<void> {
  await forget("upstream", "incidents");
}

function Enable() {
  const enable = () =>
    ask({
      title: "Enable the webhook?",
      children: <p>Nothing else of it changes. &quot;What is missing&quot; says below what did not come meanwhile.</p>,
      verb: "Enable",
      run: async () => {
        await answerOf(admin.upstream.enable.$post());
        await forgetUpstream();
        tell({ title: "Enabled" });
      },
    });
  return (
    <Button tone="primary" why={whyNot("config")} onClick={enable}>
      Enable…
    </Button>
  );
}

/** Creates the webhook or makes it as the table needs it, once it has said what that would be. */
function PutWebhook({ verb, prune = false }: { verb: string; prune?: boolean }) {
  const looking = useAct({
    mutationFn: async () => answerOf(admin.upstream.webhook.$post({ json: { dryRun: true, prune } })),
    onSuccess: ({ action, before, after }) => {
      if (action !== "nothing" && after !== null) return askPut({ before, after, prune });
      tell({ title: "It is as the table needs it", type: "info" });
      // What stands here then is older than that.
      return forgetUpstream();
    },
    onError: (error) => tellError(error, "Voucherify could not be asked."),
  });
  return (
    <Button isBusy={looking.isPending} why={whyNot("config")} onClick={() => looking.mutate()}>
      {verb}
    </Button>
  );
}

interface Put {
  /** Null where there is none yet. */
  before: Webhook | null;
  after: Webhook;
  prune: boolean;
}

/** Says what would change, and changes it. */
function askPut({ before, after, prune }: Put): void {
  const isNew = before === null;
  ask({
    title: isNew ? "Create the webhook in Voucherify?" : "Change the webhook in Voucherify?",
    children: <Change before={before} after={after} />,
    verb: isNew ? "Create" : "Change",
    run: async () => {
      const { notes } = await answerOf(admin.upstream.webhook.$post({ json: { prune } }));
      await forgetUpstream();
      tell({
        title: isNew ? "Created" : "Changed",
        ...(notes.length > 0 && { description: `Left to do: ${notes.join(" ")}`, type: "info" }),
      });
    },
  });
}

function Change({ before, after }: Pick<Put, "before" | "after">) {
  const was = before?.events ?? [];
  const added = after.events.filter((event) => !was.includes(event));
  const removed = was.filter((event) => !after.events.includes(event));
  return (
    <Facts isStacked>
      <Fact name="Posts to">
        <code>{after.url}</code>
        {before !== null && before.url !== after.url && (
          <span class="quiet">
            {" "}
            instead of <code>{before.url}</code>
          </span>
        )}
      </Fact>
      {(before === null || added.length > 0) && (
        <Fact name={before === null ? "Ticks" : "Ticks in addition"}>{added.join(", ")}</Fact>
      )}
      {removed.length > 0 && <Fact name="Unticks">{removed.join(", ")}</Fact>}
      {before?.active === false && <Fact name="Stays">disabled, until it is enabled</Fact>}
    </Facts>
  );
}

function Look() {
  const looking = useAct({
    mutationFn: async () => answerOf(admin.upstream.look.$post()),
    onSuccess: forgetUpstream,
    onError: (error) => tellError(error, "Voucherify could not be asked."),
  });
  return (
    <Button
      tone="quiet"
      icon={RefreshCw}
      label="Look now"
      isBusy={looking.isPending}
      why={whyNot("config")}
      onClick={() => looking.mutate()}
    />
  );
}
