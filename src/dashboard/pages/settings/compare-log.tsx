// Voucherify's log of sendouts, pasted, compared with what arrived here: what is missing, what is not, and what to do with each.

import { useMemo, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { asApiError } from "../../api/problem.ts";
import { whyNot } from "../../api/session-state.ts";
import { useAct } from "../../api/use-act.ts";
import { Button } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { TextArea, TextField } from "../../components/field.tsx";
import { countOf, formatCount } from "../../components/numbers.ts";
import { Remedy } from "../../components/remedy.tsx";
import { Failure } from "../../components/states.tsx";
import { LOOKED_UP_MAX } from "../../../voucherify/sendout-ids.ts";
import { pastedIssue, readPastedLog, type LoggedSendout } from "./pasted-log.ts";

interface Comparison {
  inlet: string;
  missing: readonly LoggedSendout[];
  arrived: readonly LoggedSendout[];
}

/** The field, and what comparing it has found. */
export function CompareLog({ inlet, isRefusing }: { inlet: string; isRefusing: boolean }) {
  const [text, setText] = useState("");
  const [project, setProject] = useState("");
  const logged = useMemo(() => readPastedLog(text), [text]);
  const comparing = useAct({ mutationFn: async () => compare(inlet, project.trim(), logged) });
  const unfit = pastedIssue(text, logged.length);
  const refused = refusalOf(comparing.error);
  const change = (set: (typed: string) => void) => (typed: string) => {
    set(typed);
    comparing.reset();
  };
  return (
    <>
      <TextArea
        label="Voucherify's log, pasted"
        rows={5}
        value={text}
        onText={change(setText)}
        placeholder="failed  redemption.succeeded  whs_3cb514213daea2aa76 …"
        hint={`In Voucherify: Audit log, Webhook sendouts. Copy its lines as they are, with the column of ids.${
          unfit === undefined && logged.length > 0 ? ` ${countOf(logged.length, "sendout")} found in it.` : ""
        }`}
        error={unfit ?? refused.sendouts}
      />
      {(refused.project !== undefined || project !== "") && (
        <TextField
          label="Project in Voucherify"
          value={project}
          onText={change(setProject)}
          placeholder="proj_…"
          hint="Nothing has come in lately that would say which project posts here."
          error={refused.project}
        />
      )}
      <Button
        isBusy={comparing.isPending}
        why={whyNot("read") ?? (text.trim() === "" ? "Paste something first." : unfit)}
        onClick={() => comparing.mutate()}
      >
        Compare
      </Button>
      {refused.other !== undefined && <Failure error={refused.other} />}
      {comparing.data?.inlet === inlet && <Compared {...comparing.data} isRefusing={isRefusing} />}
    </>
  );
}

/** Asks about all of them, as many at a time as a call takes. */
async function compare(inlet: string, project: string, logged: readonly LoggedSendout[]): Promise<Comparison> {
  const missing = new Set<string>();
  for (let from = 0; from < logged.length; from += LOOKED_UP_MAX) {
    const sendouts = logged.slice(from, from + LOOKED_UP_MAX).map(({ id }) => id);
    const json = { sendouts, inlet, ...(project !== "" && { project }) };
    // One after another: each takes what the free plan has for a call.
    const answer = await answerOf(admin.upstream.gap.$post({ json }));
    for (const id of answer.missing) missing.add(id);
  }
  return {
    inlet,
    missing: logged.filter(({ id }) => missing.has(id)),
    arrived: logged.filter(({ id }) => !missing.has(id)),
  };
}

/** What the router has against a comparison, by the field it is about. */
function refusalOf(error: unknown): { sendouts?: string | undefined; project?: string | undefined; other?: unknown } {
  if (error === null) return {};
  const { errors } = asApiError(error);
  const at = (field: string) => errors.find(({ path }) => path === field)?.message;
  const [sendouts, project] = [at("sendouts"), at("project")];
  return sendouts === undefined && project === undefined ? { other: error } : { sendouts, project };
}

function Compared({ missing, arrived, isRefusing }: Comparison & { isRefusing: boolean }) {
  return (
    <div class="settings-stack">
      <p role="status">
        <strong>
          {missing.length === 0
            ? `All ${countOf(arrived.length, "sendout")} have arrived.`
            : `${formatCount(missing.length)} of ${formatCount(missing.length + arrived.length)} never arrived.`}
        </strong>
      </p>
      {missing.length > 0 && <Missing missing={missing} isRefusing={isRefusing} />}
      {arrived.length > 0 && <Arrived arrived={arrived} />}
    </div>
  );
}

function Missing({ missing, isRefusing }: { missing: readonly LoggedSendout[]; isRefusing: boolean }) {
  return (
    <>
      <Remedy>
        {isRefusing && (
          <>
            This inlet has refused requests: see under <Link href="/incidents">Incidents</Link> why, and put that right
            first, or they are refused again.{" "}
          </>
        )}
        Retry each in Voucherify: the menu at the end of its line in the log. Where that has no Retry, its support sends
        it again, up to 14 days after the event. One of the last seconds may still be on its way: compare again.
      </Remedy>
      <CopyButton text={missing.map(({ id }) => id).join("\n")} label="Copy the ids" tone="plain" isLabelled />
      <Listed label="Never arrived" sendouts={missing} />
    </>
  );
}

function Arrived({ arrived }: { arrived: readonly LoggedSendout[] }) {
  return (
    <details class="settings-steps">
      <summary>{countOf(arrived.length, "has", "have")} arrived</summary>
      <p class="quiet">
        In Voucherify there is nothing to do about them: one that is sent again is recognised and not delivered twice.
        What became of each is behind its id.
      </p>
      <Listed label="Arrived" sendouts={arrived} isLinked />
    </details>
  );
}

/** How many stand there before more are asked for. */
const SHOWN = 50;

function Listed({
  label,
  sendouts,
  isLinked = false,
}: {
  label: string;
  sendouts: readonly LoggedSendout[];
  isLinked?: boolean;
}) {
  const [shown, setShown] = useState(SHOWN);
  return (
    <>
      <ul class="settings-logged" aria-label={label}>
        {sendouts.slice(0, shown).map(({ id, rest }) => (
          <li key={id}>
            {isLinked ? <Link href={`/sendouts/${id}`}>{id}</Link> : <code>{id}</code>}{" "}
            <span class="quiet">{rest}</span>
          </li>
        ))}
      </ul>
      {sendouts.length > shown && (
        <Button onClick={() => setShown(shown + 10 * SHOWN)}>Show more of the {formatCount(sendouts.length)}</Button>
      )}
    </>
  );
}
