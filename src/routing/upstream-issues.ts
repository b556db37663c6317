// What is wrong with a table's settings for Voucherify that their schema cannot see. Pure.

import type { Issue } from "../issues.ts";
import { isReservedSecretName } from "../secret-names.ts";
import { apiAddressIssue } from "../upstream/settings.ts";
import type { RoutingTable } from "./table.ts";

/** An inlet that is not there, and secrets that are not to be sent anywhere. */
export function upstreamIssues({ settings, inlets }: RoutingTable): Issue[] {
  const { voucherify } = settings ?? {};
  if (voucherify === undefined) return [];
  const reserved = (["managementId", "managementToken"] as const).filter((key) =>
    isReservedSecretName(voucherify[key]),
  );
  return [
    ...(Object.hasOwn(inlets, voucherify.inlet)
      ? []
      : [{ path: "settings.voucherify.inlet", message: `there is no inlet "${voucherify.inlet}"` }]),
    ...reserved.map((key) => ({
      path: `settings.voucherify.${key}`,
      message: `${voucherify[key]} belongs to Signalbox itself and is never sent; take another name`,
    })),
  ];
}

/** Where the API's address may not be used, checked when a table is published and again before each request. */
export function upstreamAddressIssues({ settings }: RoutingTable, localTargets: boolean): Issue[] {
  const { voucherify } = settings ?? {};
  const message = voucherify && apiAddressIssue(voucherify.api, localTargets);
  return message === undefined ? [] : [{ path: "settings.voucherify.api", message }];
}
