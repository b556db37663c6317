// Secrets as they stand, and the master keys of the vault.

import { useQuery } from "@tanstack/preact-query";
import type { InferResponseType } from "hono/client";
import { admin, answerOf } from "./admin.ts";
import { forget } from "./queries.ts";
import { may } from "./session-state.ts";

type Answer = InferResponseType<typeof admin.secrets.$get, 200>;
/** One secret as it stands. */
export type Secret = Answer["secrets"][number];
/** The master keys of the vault. */
export type Keys = Answer["keys"];

/** Every secret that the table names or the vault has; not asked for who may not know. */
export function useSecrets() {
  return useQuery({
    queryKey: ["secrets"],
    queryFn: async ({ signal }) => answerOf(admin.secrets.$get({}, { init: { signal } })),
    enabled: may("secrets"),
  });
}

/** Has secrets read anew, and what shows whether they are set. */
export async function forgetSecrets(): Promise<void> {
  await forget("secrets", "inlets", "doctor", "incidents");
}

/** Why nothing can be put into the vault; undefined where it is open. */
export function whyNoVault({ active, problem }: Keys): string | undefined {
  if (active !== null) return undefined;
  return `There is no vault: ${problem ?? "the Worker secret SIGNALBOX_MASTER_KEYS is not set"}.`;
}
