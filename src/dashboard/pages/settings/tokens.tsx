// Who else may come in, and with what: tokens to make and to delete; and who is looking.

import { KeySquare, Plus, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { forget } from "../../api/queries.ts";
import { session } from "../../api/session-state.ts";
import { useTokens, type Token } from "../../api/tokens.ts";
import { nameOfActor } from "../../components/actors.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { DataTable, type Column } from "../../components/data-table.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { Panel } from "../../components/page.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { tell } from "../../components/toasts.tsx";
import { TokenDialog } from "./token-dialog.tsx";

/** The section. */
export function Tokens() {
  const { data, error, refetch } = useTokens();
  const [isMaking, setMaking] = useState(false);
  return (
    <>
      <Self />
      <Panel
        title="Tokens"
        isFlush
        actions={
          <Button icon={Plus} onClick={() => setMaking(true)}>
            Make a token
          </Button>
        }
      >
        {error !== null && <Failure error={error} onRetry={refetch} />}
        {data === undefined ? error === null && <Loading /> : <List tokens={data} />}
      </Panel>
      {isMaking && <TokenDialog onClose={() => setMaking(false)} />}
    </>
  );
}

function Self() {
  const { actor, role, scopes = [], expiresAt } = session.value ?? {};
  return (
    <Panel title="You">
      <Facts>
        <Fact name="Name">{actor && nameOfActor(actor)}</Fact>
        {role !== null && role !== undefined && <Fact name="Role">{role}</Fact>}
        <Fact name="May">{scopes.join(", ")}</Fact>
        {expiresAt !== null && expiresAt !== undefined && (
          <Fact name="Session ends">
            <Time at={expiresAt} />
          </Fact>
        )}
      </Facts>
    </Panel>
  );
}

function List({ tokens }: { tokens: readonly Token[] }) {
  if (tokens.length === 0) {
    return (
      <Empty icon={KeySquare} title="There is no token">
        Only the Worker secret SIGNALBOX_ADMIN_TOKEN opens this router, and it opens everything. Give people and
        programs tokens of their own.
      </Empty>
    );
  }
  return <DataTable rows={tokens} keyOf={({ id }) => id} columns={COLUMNS} />;
}

const COLUMNS: readonly Column<Token>[] = [
  {
    title: "Whose",
    kind: "long",
    cell: ({ id, name }) => (
      <>
        {name} {session.value?.actor.id === id && <Badge state="you" mood="info" />}
      </>
    ),
  },
  { title: "May", kind: "long", cell: ({ scopes }) => scopes.join(", ") },
  { title: "Made", cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    title: "Last used",
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? <span class="quiet">never</span> : <Time at={lastUsedAt} />),
  },
  { title: "Ends", cell: ({ expiresAt }) => <End at={expiresAt} /> },
  {
    title: "Actions",
    kind: "actions",
    cell: (token) => (
      <Button tone="quiet" icon={Trash2} label={`Delete the token of ${token.name}`} onClick={() => askDelete(token)} />
    ),
  },
];

function End({ at }: { at: Token["expiresAt"] }) {
  if (at === null) return <>never</>;
  return (
    <>
      {Date.parse(at) <= Date.now() && <Badge state="ended" />} <Time at={at} />
    </>
  );
}

function askDelete({ id, name }: Token): void {
  const isOwn = session.value?.actor.id === id;
  ask({
    title: `Delete the token of ${name}?`,
    children: (
      <p>
        It is refused from then on, and the sessions it has opened end.{" "}
        {isOwn && <strong>It is the one you came in with: you are signed out.</strong>}
      </p>
    ),
    verb: "Delete",
    tone: "danger",
    run: async () => {
      await answerOf(admin.tokens[":id"].$delete({ param: { id } }));
      await forget("tokens");
      tell({ title: `Deleted the token of ${name}` });
    },
  });
}
