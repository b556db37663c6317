// Which parts of a table need a secret, and where it would be sent. Pure.

import { channelSecrets } from "../alerts/settings.ts";
import { tokenUrlOf } from "../delivery/authentication.ts";
import type { CompiledTable } from "./compile.ts";
import type { CompiledTarget } from "./compile-target.ts";
import { requiredSecrets } from "./inlet-requirements.ts";
import type { Settings } from "./settings.ts";

/** The use a table makes of a secret. */
export interface SecretUse {
  targets: string[];
  inlets: string[];
  /** Places of the settings that name it: `settings.voucherify.managementToken`. */
  settings: string[];
  /** Every place it goes to: origins, each once, in order. */
  hosts: string[];
}

/** The use of every secret that a table names, by name. */
export function secretUses(table: CompiledTable): Map<string, SecretUse> {
  const uses = new Map<string, SecretUse>();
  const useOf = (name: string): SecretUse => {
    const use = uses.get(name) ?? { targets: [], inlets: [], settings: [], hosts: [] };
    uses.set(name, use);
    return use;
  };
  for (const [inlet, { auth, requires }] of table.inlets) {
    const names = [...(auth === "none" ? [] : auth.secrets), ...requiredSecrets(requires).map(({ name }) => name)];
    for (const name of new Set(names)) useOf(name).inlets.push(inlet);
  }
  for (const target of table.targets.values()) {
    const hosts = hostsOf(target);
    for (const name of target.secrets) {
      const use = useOf(name);
      use.targets.push(target.id);
      use.hosts = [...new Set([...use.hosts, ...hosts])].toSorted();
    }
  }
  for (const { name, place, host } of settingsSecrets(table.source.settings)) {
    const use = useOf(name);
    use.settings.push(place);
    use.hosts = [...new Set([...use.hosts, host])].toSorted();
  }
  return uses;
}

/** The secrets that the router's settings name, and the origin that each goes to. */
function settingsSecrets({ voucherify, alerts }: Settings = {}): { name: string; place: string; host: string }[] {
  const ofVoucherify = (["managementId", "managementToken"] as const).flatMap((key) =>
    voucherify === undefined
      ? []
      : [{ name: voucherify[key], place: `settings.voucherify.${key}`, host: voucherify.api }],
  );
  const ofAlerts = Object.entries(alerts?.channels ?? {}).flatMap(([name, channel]) => {
    const { names, host } = channelSecrets(channel);
    return names.map((secret) => ({ name: secret, place: `settings.alerts.channels.${name}`, host }));
  });
  return [...ofVoucherify, ...ofAlerts];
}

function hostsOf({ requests, auth }: Pick<CompiledTarget, "requests" | "auth">): string[] {
  const tokenUrl = tokenUrlOf(auth);
  const origins = [...requests.values()].map(({ url }) => url.origin);
  return tokenUrl !== undefined && URL.canParse(tokenUrl) ? [...origins, new URL(tokenUrl).origin] : origins;
}
