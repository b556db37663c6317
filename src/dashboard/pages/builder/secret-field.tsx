// A secret that a request needs: whether it is set, and a way to set it where there is a vault. What stands in the table is
// its name, and most people never need another than the one that is proposed: so that is out of the way.

import { CircleCheck, CircleDashed, KeyRound } from "lucide-preact";
import { useState } from "preact/hooks";
import { useSecrets, whyNoVault } from "../../api/secrets.ts";
import { may, whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { SecretDialog } from "../../components/secret-dialog.tsx";

/** The secret, and under which name it is kept. */
export function SecretField({
  label,
  meaning,
  name,
  byDefault,
  error,
  onName,
}: {
  label: string;
  /** What its value is. */
  meaning: string;
  /** As somebody has written it; empty where the proposed one is meant. */
  name: string;
  /** The proposed name; null where there is none. */
  byDefault: string | null;
  error?: string | undefined;
  onName: (name: string) => void;
}) {
  const [isSetting, setSetting] = useState(false);
  const meant = name === "" ? (byDefault ?? "") : name;
  const isProposed = meant !== "" && meant === byDefault;
  const nameField = (
    <TextField
      label={`Name of the secret: ${label.toLowerCase()}`}
      value={name}
      onText={(text) => onName(text.toUpperCase())}
      placeholder={byDefault ?? "CRM_KEY"}
      hint="The name that it is kept under, never its value."
      error={error}
    />
  );
  return (
    <div class="builder-secret" role="group" aria-label={label}>
      <div class="builder-secret-head">
        <span class="field-label">{label}</span>
        {meant !== "" && <SetButton name={meant} onPress={() => setSetting(true)} />}
      </div>
      <p class="field-hint">{meaning}</p>
      {meant !== "" && <Standing name={meant} />}
      {isProposed && error === undefined ? (
        <details>
          <summary>Keep it under another name</summary>
          {nameField}
        </details>
      ) : (
        nameField
      )}
      {isSetting && <SecretDialog name={meant} meaning={meaning} onClose={() => setSetting(false)} />}
    </div>
  );
}

function Standing({ name }: { name: string }) {
  const { data } = useSecrets();
  if (!may("secrets"))
    return (
      <p class="field-hint">
        It is kept as <code>{name}</code>. Whether it is set is not shown to you.
      </p>
    );
  if (data === undefined) return <p class="field-hint">Looking whether it is set…</p>;
  const from = data.secrets.find((secret) => secret.name === name)?.from ?? null;
  return from === null ? (
    <p class="builder-standing">
      <CircleDashed size={13} aria-hidden="true" />
      <span>
        <code>{name}</code> is not set here. A Worker secret of that name is found once the target is published.
      </span>
    </p>
  ) : (
    <p class="builder-standing builder-standing-set">
      <CircleCheck size={13} aria-hidden="true" />
      <span>
        <code>{name}</code> is set, {from === "vault" ? "in the vault" : "on the Worker"}.
      </span>
    </p>
  );
}

function SetButton({ name, onPress }: { name: string; onPress: () => void }) {
  const { data } = useSecrets();
  const noVault = data && whyNoVault(data.keys);
  const isThere = data?.secrets.some((secret) => secret.name === name && secret.from === "vault") === true;
  return (
    <Button
      icon={KeyRound}
      why={whyNot("secrets") ?? (noVault && `${noVault} Use wrangler secret put.`)}
      onClick={onPress}
    >
      {isThere ? "Replace" : "Set"}
    </Button>
  );
}
