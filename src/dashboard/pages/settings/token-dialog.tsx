// Makes a token, and shows it this once.

import { useState } from "preact/hooks";
import type { Scope } from "../../../ledger/tokens.ts";
import { admin, answerOf } from "../../api/admin.ts";
import { forget } from "../../api/queries.ts";
import { AskDialog } from "../../components/ask-dialog.tsx";
import { Button } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Checkbox, Select, TextField } from "../../components/field.tsx";
import { endOf, LIFETIMES, PRESETS, SCOPE_WORDS, SCOPES, type Lifetime } from "./scopes.ts";
import { useAct } from "../../api/use-act.ts";

/** The form, and then what was made. */
export function TokenDialog({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<{ name: string; token: string }>();
  return made === undefined ? <Form onClose={onClose} onMade={setMade} /> : <Made {...made} onClose={onClose} />;
}

function Form({ onClose, onMade }: { onClose: () => void; onMade: (made: { name: string; token: string }) => void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set(["read"]));
  const [lifetime, setLifetime] = useState<Lifetime>("90");
  const making = useAct({
    mutationFn: async () => {
      const expiresAt = endOf(lifetime, Date.now());
      const json = { name: name.trim(), scopes: [...scopes], ...(expiresAt !== undefined && { expiresAt }) };
      const { token } = await answerOf(admin.tokens.$post({ json }));
      await forget("tokens");
      onMade({ name: name.trim(), token });
    },
  });
  const unnamed = name.trim() === "" ? "Say whose it is first." : undefined;
  return (
    <AskDialog
      title="Make a token"
      verb="Make it"
      why={unnamed ?? (scopes.size === 0 ? "Allow something first." : undefined)}
      act={making}
      onAct={() => making.mutate()}
      onClose={onClose}
    >
      <TextField label="Whose it is" value={name} onText={setName} maxLength={100} placeholder="Mira, support" />
      <div class="settings-actions" role="group" aria-label="Sets of what it may">
        {PRESETS.map((preset) => (
          <Button key={preset.name} onClick={() => setScopes(new Set(preset.scopes))}>
            {preset.name}
          </Button>
        ))}
      </div>
      <fieldset class="settings-scopes">
        <legend class="field-label">What it may</legend>
        {SCOPES.map((scope) => (
          <Checkbox
            key={scope}
            label={scope}
            hint={SCOPE_WORDS[scope]}
            isChecked={scopes.has(scope)}
            onCheck={(isChecked) => setScopes(withScope(scopes, scope, isChecked))}
          />
        ))}
      </fieldset>
      <Select label="When it ends" value={lifetime} options={LIFETIMES} onChoose={setLifetime} />
    </AskDialog>
  );
}

function withScope(scopes: ReadonlySet<Scope>, scope: Scope, isIn: boolean): ReadonlySet<Scope> {
  return new Set(SCOPES.filter((one) => (one === scope ? isIn : scopes.has(one))));
}

function Made({ name, token, onClose }: { name: string; token: string; onClose: () => void }) {
  return (
    <Dialog
      title={`The token of ${name}`}
      isOpen
      onClose={onClose}
      actions={<Button onClick={onClose}>I have it</Button>}
    >
      <p>It is shown this once: the router keeps only a hash of it.</p>
      <p class="settings-copied">
        <code>{token}</code>
        <CopyButton text={token} label="Copy the token" tone="primary" isLabelled />
      </p>
    </Dialog>
  );
}
