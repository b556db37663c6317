// What the table of secrets says of each: whether it is set, where, by what it is used, and what is wrong with it.

import { Trash2 } from "lucide-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { type Column } from "../../components/data-table.tsx";
import { Time } from "../../components/time.tsx";
import { tell } from "../../components/toasts.tsx";
import { forgetSecrets, type Secret } from "../../api/secrets.ts";

/** The columns of the table; `closed` is why nothing can be put into the vault, `onSet` takes the name of what is to be. */
export function secretColumns(closed: string | undefined, onSet: (name: string) => void): readonly Column<Secret>[] {
  return [
    { title: "Name", kind: "long", cell: (secret) => <Name of={secret} /> },
    { title: "State", cell: ({ from }) => <Place from={from} /> },
    {
      title: "Used by",
      kind: "long",
      cell: (secret) => usersOf(secret).join(", ") || <span class="quiet">nothing</span>,
    },
    { title: "In the vault", kind: "long", cell: ({ vault }) => vault !== null && <Kept vault={vault} /> },
    {
      title: "Actions",
      kind: "actions",
      cell: (secret) => <Actions of={secret} closed={closed} onSet={() => onSet(secret.name)} />,
    },
  ];
}

function usersOf({ targets, inlets, settings }: Secret): readonly string[] {
  return [...targets.map((target) => `target ${target}`), ...inlets.map((inlet) => `inlet ${inlet}`), ...settings];
}

function Name({ of: { name, problems } }: { of: Secret }) {
  return (
    <>
      <code>{name}</code>
      {problems.map(({ code, message }) => (
        <p key={code} class="settings-trouble">
          {message}
        </p>
      ))}
    </>
  );
}

function Place({ from }: Pick<Secret, "from">) {
  if (from === null) return <Badge state="not set" mood="bad" />;
  return (
    <Badge state={from} mood="good">
      {from === "worker" ? "Worker secret" : "vault"}
    </Badge>
  );
}

function Kept({ vault: { lastFour, setAt, hosts } }: { vault: NonNullable<Secret["vault"]> }) {
  return (
    <>
      {lastFour !== null && <code>…{lastFour}</code>} set <Time at={setAt} />
      <p class="quiet">{hosts.length === 0 ? "for no host yet" : `for ${hosts.join(", ")}`}</p>
    </>
  );
}

function Actions({ of: secret, closed, onSet }: { of: Secret; closed: string | undefined; onSet: () => void }) {
  const { name, inlets, vault } = secret;
  return (
    <span class="settings-actions">
      {/* Inlets take Worker secrets only: accepting must not wait for the vault. */}
      {inlets.length === 0 && (
        <Button why={closed} onClick={onSet}>
          {vault === null ? "Set" : "Replace"}
        </Button>
      )}
      {vault !== null && (
        <Button tone="quiet" icon={Trash2} label={`Remove ${name}`} onClick={() => askRemove(secret)} />
      )}
    </span>
  );
}

function askRemove(secret: Secret): void {
  const { name, from } = secret;
  const users = usersOf(secret);
  const isNeeded = from === "vault" && users.length > 0;
  ask({
    title: `Remove ${name} from the vault?`,
    children: (
      <p>
        {isNeeded
          ? `It is used by ${users.join(", ")}: what needs it waits until it is set again.`
          : "Nothing of the table in force needs it from there."}{" "}
        Its value cannot be brought back.
      </p>
    ),
    verb: "Remove",
    tone: "danger",
    run: async () => {
      // What it says has been read: then it goes even while something needs it.
      await answerOf(admin.secrets[":name"].$delete({ param: { name }, query: isNeeded ? { force: "true" } : {} }));
      await forgetSecrets();
      tell({ title: `Removed ${name}` });
    },
  });
}
