// Puts a secret into the vault. Its value is in the page from when it is typed until the dialog closes, and nowhere else.

import { useState } from "preact/hooks";
import { admin, answerOf } from "../api/admin.ts";
import { forgetSecrets } from "../api/secrets.ts";
import { useAct } from "../api/use-act.ts";
import { AskDialog } from "./ask-dialog.tsx";
import { TextArea, TextField } from "./field.tsx";
import { tell } from "./toasts.tsx";

/** The form. */
export function SecretDialog({
  name: fixedName,
  meaning,
  onClose,
}: {
  /** Empty for a new secret. */
  name: string;
  /** What its value is, where that is known. */
  meaning?: string;
  onClose: () => void;
}) {
  const [name, setName] = useState(fixedName);
  const [value, setValue] = useState("");
  const [hosts, setHosts] = useState("");
  const putting = useAct({
    mutationFn: async () => {
      const named = hosts.split(/\s+/).filter((host) => host !== "");
      const json = { value, ...(named.length > 0 && { hosts: named }) };
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
  const put = (event: Event) => {
    event.preventDefault();
    if (why === undefined && !putting.isPending) putting.mutate();
  };
  return (
    <AskDialog
      title={fixedName === "" ? "Add a secret" : `Set ${fixedName}`}
      verb="Put into the vault"
      why={why}
      act={putting}
      onAct={() => putting.mutate()}
      onClose={onClose}
    >
      <form class="dialog-form" onSubmit={put}>
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
          hint={`${meaning === undefined ? "" : `${meaning}. `}It is encrypted and never shown again. It is used within a minute.`}
        />
        <TextArea
          label="Hosts it may be sent to (may be left empty)"
          rows={2}
          value={hosts}
          onText={setHosts}
          placeholder="https://rest.iad-01.braze.com"
          hint="One a line. Left empty: those that the routing table sends it to."
        />
      </form>
    </AskDialog>
  );
}
