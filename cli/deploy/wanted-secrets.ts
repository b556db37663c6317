// Which Worker secrets a router wants, by the routing table that it is deployed with.

import { DEFAULT_INLET_SECRET_NAME } from "../../src/secret-names.ts";
import type { CompiledTable } from "../../src/routing/compile.ts";
import { secretUses } from "../../src/routing/secret-uses.ts";
import { MAKERS } from "../made-secrets.ts";

/** A secret that the router wants. */
export interface WantedSecret {
  name: string;
  /**
   * `made`: nobody else has a say in it. `inlet`: without it an inlet takes nothing, and only a Worker secret will do.
   * `target`: a Worker secret or one of the vault, whose values are nobody's business here.
   */
  kind: "made" | "inlet" | "target";
}

/** The secrets that are wanted, by a table or, where there is none, by the inlet that every router has. */
export function wantedSecrets(table: CompiledTable | undefined): WantedSecret[] {
  const made = Object.keys(MAKERS).map((name): WantedSecret => ({ name, kind: "made" }));
  if (table === undefined) return [...made, { name: DEFAULT_INLET_SECRET_NAME, kind: "inlet" }];
  const named = [...secretUses(table)].map(([name, { inlets }]): WantedSecret => ({
    name,
    kind: inlets.length > 0 ? "inlet" : "target",
  }));
  return [...made, ...named];
}
