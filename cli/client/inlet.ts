// A sendout on its way into a router, as Voucherify would send it.

import * as v from "valibot";
import { SIGNATURE_HEADER, signBody } from "../../src/voucherify/signature.ts";
import { createTransport } from "./transport.ts";

const AcceptedSchema = v.object({ id: v.string() });

/** What proves the sender to an inlet. */
export interface SenderProof {
  /** The inlet's signing secret. */
  secret: string;
  /** What the inlet requires beside it. */
  pathToken?: string;
  header?: { name: string; value: string };
}

/**
 * Posts a signed body to an inlet and gives the id that the 202 came with (`acc_…`).
 *
 * @throws RouterError when it was not accepted
 */
export async function postSendout(
  origin: string,
  inlet: string,
  body: Uint8Array<ArrayBuffer>,
  { secret, pathToken, header }: SenderProof,
): Promise<string> {
  const headers = {
    "content-type": "application/json",
    [SIGNATURE_HEADER]: await signBody(body, secret),
    ...(header && { [header.name]: header.value }),
  };
  const path = ["in", inlet, pathToken ?? []].flat().map(encodeURIComponent).join("/");
  const url = new URL(`/${path}`, origin).href;
  const answer = await createTransport()(url, { method: "POST", headers, body });
  return v.parse(AcceptedSchema, await answer.json()).id;
}
