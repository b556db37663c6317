// The keys that the vault is sealed with: which is used, which are missing or can go, and how to seal everything anew.

import type { InferResponseType } from "hono/client";
import { admin, answerOf } from "../../api/admin.ts";
import { Button } from "../../components/button.tsx";
import { Fact, Facts } from "../../components/facts.tsx";
import { countOf } from "../../components/numbers.ts";
import { Panel } from "../../components/page.tsx";
import { Remedy } from "../../components/remedy.tsx";
import { tell, tellError } from "../../components/toasts.tsx";
import { forgetSecrets, whyNoVault, type Keys } from "../../api/secrets.ts";
import { useAct } from "../../api/use-act.ts";

/** The panel. */
export function MasterKeys({ keys }: { keys: Keys }) {
  const { active, secrets, missing, droppable } = keys;
  const closed = whyNoVault(keys);
  const others = Object.entries(secrets).filter(([id, count]) => id !== active && count > 0);
  const sealing = useAct({
    mutationFn: rewrapAll,
    onSuccess: async ({ rewrapped, unreadable }) => {
      await forgetSecrets();
      tell({
        title: `Sealed ${countOf(rewrapped, "secret")} anew`,
        ...(unreadable.length > 0 && {
          description: `Not readable: ${unreadable.map(({ name }) => name).join(", ")}.`,
          type: "error",
        }),
      });
    },
    onError: (error) => tellError(error, "Not everything was sealed anew."),
  });
  return (
    <Panel
      title="Master keys"
      actions={
        active !== null &&
        others.length > 0 && (
          <Button isBusy={sealing.isPending} onClick={() => sealing.mutate()}>
            Seal anew with {active}
          </Button>
        )
      }
    >
      <div class="settings-stack">
        {closed !== undefined && (
          <>
            <p>{closed} Secrets can be set with wrangler alone until it has a key.</p>
            <Remedy>
              Make a key with <code>openssl rand -base64 32</code>, and give it to the Worker under an id of your
              choice, as <code>{'{"active":"2026-11","keys":{"2026-11":"<the key>"}}'}</code>:{" "}
              <code>npx wrangler secret put SIGNALBOX_MASTER_KEYS</code>. Keep a copy: nobody can bring it back.
            </Remedy>
          </>
        )}
        {closed === undefined && (
          <Facts>
            <Fact name="Seals with">{active}</Fact>
            {Object.entries(secrets).map(([id, count]) => (
              <Fact key={id} name={`Key ${id}`}>
                {countOf(count, "secret")}
              </Fact>
            ))}
            {droppable.length > 0 && <Fact name="Can be dropped">{droppable.join(", ")}</Fact>}
          </Facts>
        )}
        {missing.length > 0 && (
          <p class="settings-trouble">
            Missing: {missing.join(", ")}. What they have sealed cannot be read until they are back in
            SIGNALBOX_MASTER_KEYS, or its secrets are set again.
          </p>
        )}
      </div>
    </Panel>
  );
}

type Step = InferResponseType<typeof admin.secrets.rewrap.$post, 200>;

/** Seals everything anew, in as many calls as it takes. */
async function rewrapAll(): Promise<Pick<Step, "rewrapped" | "unreadable">> {
  let rewrapped = 0;
  const unreadable: Step["unreadable"] = [];
  let after: string | null = "";
  while (after !== null) {
    const step: Step = await answerOf(admin.secrets.rewrap.$post({ json: { after } }));
    rewrapped += step.rewrapped;
    unreadable.push(...step.unreadable);
    after = step.next;
  }
  return { rewrapped, unreadable };
}
