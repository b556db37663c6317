// What a router on this machine says of itself when it is up.

import { ADMIN_TOKEN_NAME } from "../../src/secret-names.ts";
import { pc } from "../colours.ts";
import type { LocalRouter, ServeOptions } from "./serve.ts";

/** Prints where the router is, what opens it, and where its things are. */
export function printBanner(
  { url, secrets, recovered }: LocalRouter,
  { state, vars }: Pick<ServeOptions, "state" | "vars">,
): void {
  const made = secrets.created.length > 0 ? pc.dim(`   made now: ${secrets.created.join(", ")}`) : "";
  console.log(pc.bold(`\nSignalbox is running at ${url}\n`));
  printRow("Dashboard", `${url}   ${pc.dim("sign in with the token of the admin API")}`);
  printRow("Inlet", `${url}/in/voucherify`);
  printRow("Admin API", `${url}/admin   ${pc.dim("Authorization: Bearer")} ${secrets.values[ADMIN_TOKEN_NAME] ?? ""}`);
  printRow("Secrets", `${vars}${made}`);
  printRow("Data", state);
  if (recovered.sendouts + recovered.deliveries === 0) return;
  const { sendouts, deliveries } = recovered;
  printRow(
    "Recovered",
    `${sendouts} sendouts that were not routed yet, ${deliveries} deliveries that were not concluded`,
  );
}

/** Prints what the demo target is. */
export function printDemoTarget(url: string): void {
  printRow("Demo target", `${url}   ${pc.dim("(answers 200; /status/503 answers 503)")}`);
}

/** Prints a line of the banner. */
export function printRow(label: string, content: string): void {
  console.log(`  ${pc.cyan(label.padEnd(13))}${content}`);
}
