// Puts a secret into the vault. Its value is in the page from when it is typed until the dialog closes, and nowhere else.

import { useState } from "preact/hooks";
import { admin, answerOf } from "../../api/admin.ts";
import { AskDialog } from "../../components/ask-dialog.tsx";
import { TextArea, TextField } from "../../components/field.tsx";
import { tell } from "../../components/toasts.tsx";
import { forgetSecrets } from "./use-secrets.ts";
import { useAct } from "../../api/use-act.ts";

/** The form; `name` is empty for a new secret. */
export function SecretDialog({ name: fixedName, onClose }: { name: string; onClose: () => void }) {
  const [name, setName] = useState(fixedName);
  const [value, setValue] = useState("");
  const [hosts, setHosts] = useState("");
  const putting = useAct({
    mutationFn: async (given: { value: string; hosts: string }) => {
      const named = given.hosts.split(/\s+/).filter((host) => host !== "");
      const json = { value: given.value, ...(named.length > 0 && { hosts: named }) };
      return answerOf(admin.secrets[":name"].$put({ param: { name: encodeURIComponent(name.trim()) }, json }));
    },
    onSuccess: async ({ warnings }) => {
      setValue("");
      await forgetSecrets();
      tell({
        title: `${name.trim()} is in the vault`,
        ...(warnings.length > 0 && { description: warnings.join(" "), type: "info" }),
      });
      onClose();
    },
  });
  const why = name.trim() === "" ? "Give it a name first." : value === "" ? "Put in its value first." : undefined;
  return (
    <AskDialog
      title={fixedName === "" ? "Add a secret" : `Set ${fixedName}`}
      verb="Put into the vault"
      why={why}
      act={putting}
      onAct={() => putting.mutate({ value, hosts })}
      onClose={onClose}
    >
      {fixedName === "" && (
        <TextField
          label="Name"
          value={name}
          onText={setName}
          placeholder="BRAZE_KEY"
          hint="Capitals, digits and underscores, as the table names it."
        />
      )}
      <TextField
        label="Value"
        type="password"
        autoComplete="new-password"
        value={value}
        onText={setValue}
        hint="It is encrypted and never shown again. It is used within a minute."
      />
      <TextArea
        label="Hosts it may be sent to (may be left empty)"
        rows={2}
        value={hosts}
        onText={setHosts}
        placeholder="https://rest.iad-01.braze.com"
        hint="One a line. Left empty: those that the table in force sends it to."
      />
    </AskDialog>
  );
}
