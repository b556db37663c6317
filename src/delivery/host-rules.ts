// What an installation says of hosts, in its variables.

import { readSecret } from "../env.ts";
import type { HostRules } from "./address.ts";

/** The rules of the variables SIGNALBOX_HOST and SIGNALBOX_TARGET_HOSTS, lists with commas. */
export function hostRules(env: object): HostRules {
  const list = (name: string): string[] | undefined =>
    readSecret(env, name)
      ?.split(",")
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== "");
  return { own: list("SIGNALBOX_HOST") ?? [], only: list("SIGNALBOX_TARGET_HOSTS") };
}
