// Secrets by name: whether each is set, where it is used, and the vault's to set, replace and remove. Values go in and never
// come out.

import { KeyRound, Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { useSecrets, whyNoVault } from "../../api/secrets.ts";
import { Button } from "../../components/button.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Panel } from "../../components/page.tsx";
import { SecretDialog } from "../../components/secret-dialog.tsx";
import { Empty, Failure, Loading } from "../../components/states.tsx";
import { MasterKeys } from "./master-keys.tsx";
import { secretColumns } from "./secret-columns.tsx";

/** The section. */
export function Secrets() {
  const { data, error, refetch } = useSecrets();
  /** Which is being set: a name, or an empty one for a new secret. */
  const [setting, setSetting] = useState<string>();
  if (data === undefined) return error === null ? <Loading lines={6} /> : <Failure error={error} onRetry={refetch} />;
  const { secrets, keys } = data;
  const closed = whyNoVault(keys);
  return (
    <>
      {error !== null && <Failure error={error} onRetry={refetch} />}
      <Panel
        title="Secrets"
        isFlush
        actions={
          <Button icon={Plus} why={closed} onClick={() => setSetting("")}>
            Add to the vault
          </Button>
        }
      >
        {secrets.length === 0 ? (
          <Empty icon={KeyRound} title="No secret is named">
            The routing table names secrets; their values are the Worker's own or in the vault.
          </Empty>
        ) : (
          <DataTable rows={secrets} keyOf={({ name }) => name} columns={secretColumns(closed, setSetting)} />
        )}
      </Panel>
      <MasterKeys keys={keys} />
      {setting !== undefined && <SecretDialog name={setting} onClose={() => setSetting(undefined)} />}
    </>
  );
}
