// How much of what customers' events say a call shows: all of it, where somebody who may see it asks for that; else all but
// what the table masks; or nothing.

import type { Context } from "hono";
import * as v from "valibot";
import { createMasker, type Masker } from "../masking/masker.ts";
import { MASKING_DEFAULT, type Masking } from "../masking/settings.ts";
import { parseJson } from "../masking/mask-json.ts";
import { newestTable } from "../routing/table-store.ts";
import { allows, type AdminEnv } from "./access.ts";
import { problem, type ProblemResponse } from "../problem.ts";

/** The part of a query string that asks for everything. */
export const REVEAL = {
  reveal: v.optional(
    v.pipe(
      v.picklist(["true", "false"]),
      v.description("`true` shows masked values too. It needs the scope `payload`, and the audit log says so."),
    ),
  ),
};

/** What a caller sees, and what is masked where that is not everything. */
export interface Sight {
  sees: "everything" | "masked" | "nothing";
  masking: Masking;
}

/**
 * What the caller sees; a refusal where it asks for more than it may see.
 *
 * @throws TableUnavailableError when D1 does not say what is masked
 */
export async function sightOf(
  c: Context<AdminEnv>,
  reveal: "true" | "false" | undefined,
): Promise<Sight | ProblemResponse<"scope_missing">> {
  const maySee = allows(c.get("caller"), "payload");
  if (reveal === "true" && !maySee) {
    return problem(c, "scope_missing", { detail: "The token lacks payload, without which nothing is revealed." });
  }
  const { table } = await newestTable(c.env, Date.now());
  const masking = table.source.settings?.masking ?? MASKING_DEFAULT;
  if (reveal === "true") {
    c.set("change", { after: { revealed: true } });
    return { sees: "everything", masking };
  }
  return { sees: maySee || masking.show === "masked" ? "masked" : "nothing", masking };
}

/** A masker for what was made of a payload; undefined where it is no JSON, so that nobody can tell what is in it. */
export function maskerOf(payload: Uint8Array | undefined, { masking }: Pick<Sight, "masking">): Masker | undefined {
  const document = payload === undefined ? undefined : parseJson(new TextDecoder().decode(payload));
  return document === undefined ? undefined : createMasker(document.value, masking);
}
