// A secret by its name, with whether it is set, and a way to set it where there is a vault. Its value is nowhere in the page
// but in the field that it is typed into.

import { useQuery } from "@tanstack/preact-query";
import { CircleCheck, CircleDashed, KeyRound } from "lucide-preact";
import { useState } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { forget } from "../../api/queries.ts";
import { may, whyNot } from "../../api/session-state.ts";
import { AskDialog } from "../../components/ask-dialog.tsx";
import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { tell } from "../../components/toasts.tsx";
import { useAct } from "../../api/use-act.ts";

/** The name of a secret; empty where the recipe's own name for it is meant. */
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
  name: string;
  byDefault: string | null;
  error?: string | undefined;
  onName: (name: string) => void;
}) {
  const [isSetting, setSetting] = useState(false);
  const meant = name === "" ? (byDefault ?? "") : name;
  return (
    <div class="builder-secret">
      <TextField
        label={label}
        value={name}
        onText={(text) => onName(text.toUpperCase())}
        placeholder={byDefault ?? "Not used"}
        hint={
          <>
            {meaning}
            <br />
            {meant === "" ? "The name of a secret, like CRM_KEY." : <Standing name={meant} />}
          </>
        }
        error={error}
      />
      {meant !== "" && <SetButton onPress={() => setSetting(true)} />}
      {isSetting && <SetDialog name={meant} meaning={meaning} onClose={() => setSetting(false)} />}
    </div>
  );
}

function useSecrets() {
  return useQuery({
    queryKey: ["secrets"],
    queryFn: async ({ signal }) => answerOf(admin.secrets.$get({}, { init: { signal } })),
    enabled: may("secrets"),
  });
}

function Standing({ name }: { name: string }) {
  const { data } = useSecrets();
  if (!may("secrets")) return <>A secret called {name}. Whether it is set is not shown to you.</>;
  if (data === undefined) return <>A secret called {name}.</>;
  const from = data.secrets.find((secret) => secret.name === name)?.from ?? null;
  return from === null ? (
    <span class="builder-standing">
      <CircleDashed size={13} aria-hidden="true" /> {name} is not in the vault. A Worker secret of that name is found
      once the target is published.
    </span>
  ) : (
    <span class="builder-standing builder-standing-set">
      <CircleCheck size={13} aria-hidden="true" /> {name} is set, {from === "vault" ? "in the vault" : "on the Worker"}.
    </span>
  );
}

function SetButton({ onPress }: { onPress: () => void }) {
  const { data } = useSecrets();
  const { active, problem } = data?.keys ?? { active: "unknown yet", problem: null };
  const noVault = active === null ? `There is no vault: ${problem ?? NO_KEYS}. Use wrangler secret put.` : undefined;
  return (
    <Button icon={KeyRound} why={whyNot("secrets") ?? noVault} onClick={onPress}>
      Set
    </Button>
  );
}

const NO_KEYS = "the Worker secret SIGNALBOX_MASTER_KEYS is not set";

function SetDialog({ name, meaning, onClose }: { name: string; meaning: string; onClose: () => void }) {
  const [value, setValue] = useState("");
  const putting = useAct({
    mutationFn: async (json: { value: string }) => answerOf(admin.secrets[":name"].$put({ param: { name }, json })),
    onSuccess: async () => {
      await forget("secrets");
      tell({ title: `${name} is set.` });
      onClose();
    },
  });
  const put = () => putting.mutate({ value });
  return (
    <AskDialog
      title={`Set ${name}`}
      verb="Put into the vault"
      why={value === "" ? "There is nothing in it yet." : undefined}
      act={putting}
      onAct={put}
      onClose={onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          put();
        }}
      >
        <TextField
          label="Value"
          type="password"
          autoComplete="off"
          value={value}
          onText={setValue}
          hint={`${meaning}. It is sealed, and never shown again.`}
        />
      </form>
    </AskDialog>
  );
}
