// One secret: whether it is set, where, by what it is used, and what is wrong with it.

import { Trash2 } from "lucide-preact";
import { admin, answerOf } from "../../api/admin.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ask } from "../../components/confirm.tsx";
import { Time } from "../../components/time.tsx";
import { tell } from "../../components/toasts.tsx";
import { forgetSecrets, type Secret } from "./use-secrets.ts";

/** A row of the table; `closed` is why nothing can be put into the vault. */
export function SecretRow({
  secret,
  closed,
  onSet,
}: {
  secret: Secret;
  closed: string | undefined;
  onSet: () => void;
}) {
  const { name, from, targets, inlets, settings, problems, vault } = secret;
  const users = [
    ...targets.map((target) => `target ${target}`),
    ...inlets.map((inlet) => `inlet ${inlet}`),
    ...settings,
  ];
  return (
    <tr>
      <th scope="row" class="settings-secret">
        <code>{name}</code>
        {problems.map(({ code, message }) => (
          <p key={code} class="settings-trouble">
            {message}
          </p>
        ))}
      </th>
      <td>
        {from === null ? (
          <Badge state="not set" mood="bad" />
        ) : (
          <Badge state={from} mood="good">
            {from === "worker" ? "Worker secret" : "vault"}
          </Badge>
        )}
      </td>
      <td>{users.length === 0 ? <span class="quiet">nothing</span> : users.join(", ")}</td>
      <td>
        {vault !== null && (
          <>
            {vault.lastFour !== null && <code>…{vault.lastFour}</code>} set <Time at={vault.setAt} />
            <p class="quiet">{vault.hosts.length === 0 ? "for no host yet" : `for ${vault.hosts.join(", ")}`}</p>
          </>
        )}
      </td>
      <td>
        <span class="settings-actions">
          {/* Inlets take Worker secrets only: accepting must not wait for the vault. */}
          {inlets.length === 0 && (
            <Button why={closed} onClick={onSet}>
              {vault === null ? "Set" : "Replace"}
            </Button>
          )}
          {vault !== null && (
            <Button tone="quiet" icon={Trash2} label={`Remove ${name}`} onClick={() => askRemove(secret, users)} />
          )}
        </span>
      </td>
    </tr>
  );
}

function askRemove({ name, from }: Secret, users: readonly string[]): void {
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
