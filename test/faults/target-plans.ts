// The targets of a world: the routing table that has them, and what holds of them.

import type { Expectation } from "./invariants.ts";
import { VAULT_SECRET } from "./vault-values.ts";

/** A target as a schedule has it. */
export interface TargetPlan {
  name: string;
  route: string;
  /** What it is called with; `CRM_TOKEN`, which the Worker has, when left out. */
  secret?: string;
  /** Waits in seconds. */
  retry: readonly number[];
  onAmbiguous?: "hold" | "retry";
  limits?: Record<string, number>;
  /** What its route's deliveries are ordered by. */
  orderBy?: string;
}

/** The routing table of some targets. Every edition asks for another body. */
export function createDocument(targets: readonly TargetPlan[], edition: number): object {
  const request = (name: string) => ({
    url: `${hostOf(name)}/events`,
    body: { code: "{{ voucher.code }}", edition },
  });
  return {
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: Object.fromEntries(
      targets.map(({ name, secret = "CRM_TOKEN", retry, onAmbiguous, limits }) => [
        name,
        {
          request: request(name),
          auth: { type: "bearer", secret },
          retry,
          timeoutMs: 2_000,
          ...(onAmbiguous === undefined ? {} : { onAmbiguous }),
          ...(limits === undefined ? {} : { limits }),
        },
      ]),
    ),
    routes: targets.map(({ name, route, orderBy }) => ({
      id: route,
      events: ["*"],
      to: [name],
      ...(orderBy === undefined ? {} : { order: { by: orderBy } }),
    })),
  };
}

/** What holds of targets, whatever happens. */
export function expectationOf(targets: readonly TargetPlan[]): Expectation {
  return {
    attempts: new Map(targets.map(({ name, retry }) => [name, retry.length + 1])),
    routes: new Map(targets.map(({ name, route }) => [name, route])),
  };
}

/** Where a target is: scheme and host. */
export function hostOf(name: string): string {
  return `https://${name}.example.com`;
}

/** Those targets that are called with the vault's secret. */
export function targetsOfVault(targets: readonly TargetPlan[]): ReadonlySet<string> {
  return new Set(targets.flatMap(({ name, secret }) => (secret === VAULT_SECRET ? [name] : [])));
}
