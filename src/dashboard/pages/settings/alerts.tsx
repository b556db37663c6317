// Who is told of incidents, what was told, and a test that shows whether it arrives.

import { BellOff, Send } from "lucide-preact";
import { useState } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { useAlerts } from "../../api/alerts.ts";
import { whyNot } from "../../api/session-state.ts";
import { AlertList } from "../../components/alert-list.tsx";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { Panel } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import type { Working } from "../table/working.ts";
import { AlertsForm } from "./alerts-form.tsx";
import { DraftNote } from "./draft-note.tsx";
import { EditSection } from "./edit-section.tsx";
import { OnTable } from "./on-table.tsx";
import { describeChannel, readSettings, type Channel } from "./table-settings.ts";
import { useAct } from "../../api/use-act.ts";

/** How many messages stand there at once. */
const SHOWN = 50;

/** The section. */
export function Alerts() {
  return (
    <>
      <OnTable loading={<Loading />}>
        {(working) => (
          <>
            <DraftNote section="alerts" working={working} />
            <Channels working={working} />
          </>
        )}
      </OnTable>
      <Told />
    </>
  );
}

type NamedChannel = readonly [name: string, channel: Channel];

const COLUMNS: readonly Column<NamedChannel>[] = [
  { title: "Channel", kind: "long", cell: ([name]) => name },
  { title: "Kind", cell: ([, { type }]) => type },
  { title: "Goes to", kind: "long", cell: ([, channel]) => describeChannel(channel) },
  {
    title: "Hears of",
    kind: "long",
    cell: ([, { least, kinds }]) => `${least} and worse${kinds === undefined ? "" : `, of ${kinds.join(", ")} only`}`,
  },
];

function Channels({ working }: { working: Working }) {
  const { channels, quietHours, digest, timeZone } = readSettings(working.inForce.document).alerts;
  const named = Object.entries(channels);
  const edit = (
    <EditSection section="alerts" title="Who hears of incidents" working={working}>
      {(form) => <AlertsForm form={form} />}
    </EditSection>
  );
  return (
    <Panel title="Channels" isFlush actions={edit}>
      {named.length === 0 ? (
        <Empty icon={BellOff} title="Nobody is told of incidents">
          Edit adds a channel: Slack, e-mail, or a webhook of yours.
        </Empty>
      ) : (
        <>
          <DataTable rows={named} keyOf={([name]) => name} columns={COLUMNS} />
          <div class="settings-foot">
            <Facts>
              <Fact name="Quiet hours">
                {quietHours === undefined ? "none" : `${quietHours.from} to ${quietHours.to}, but for what is critical`}
              </Fact>
              <Fact name="Digest">{digest === undefined ? "none" : `daily at ${digest.at}`}</Fact>
              <Fact name="Time zone">{timeZone}</Fact>
            </Facts>
            <Test />
          </div>
        </>
      )}
    </Panel>
  );
}

/** Sends a test, and says what each channel answered. */
function Test() {
  const test = useAct({ mutationFn: async () => answerOf(admin.alerts.test.$post()) });
  const tested = test.data?.channels;
  return (
    <div class="settings-stack">
      <Button icon={Send} isBusy={test.isPending} why={whyNot("config")} onClick={() => test.mutate()}>
        Send a test
      </Button>
      {test.error !== null && <Failure error={test.error} />}
      {tested !== undefined && (
        <ul role="status">
          {tested.map(({ channel, ok, answer }) => (
            <li key={channel}>
              <Badge state={ok ? "arrived" : "failed"} mood={ok ? "good" : "bad"} /> {channel}: {answer}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Told() {
  const { data, error, refetch } = useAlerts();
  const [shown, setShown] = useState(SHOWN);
  const alerts = data?.alerts ?? [];
  return (
    <Panel title="What was told" isFlush>
      {error !== null && <Failure error={error} onRetry={refetch} />}
      {data === undefined && error === null && <Loading />}
      {data !== undefined && alerts.length === 0 && <p class="panel-line quiet">Nobody was told anything yet.</p>}
      {alerts.length > 0 && <AlertList alerts={alerts.slice(0, shown)} />}
      {alerts.length > shown && (
        <p class="panel-line">
          <Button onClick={() => setShown(shown + SHOWN)}>Show earlier ones</Button>
        </p>
      )}
    </Panel>
  );
}
