// The payload of a sendout as it arrived, byte for byte.

import { RouterError } from "../client/router-error.ts";
import type { SendoutRecord } from "../client/sendout.ts";

/**
 * A sendout's bytes as they arrived.
 *
 * @throws RouterError when the token may not see them, or when they are gone
 */
export function payloadBytes({ id, payload }: Pick<SendoutRecord, "id" | "payload">): Uint8Array<ArrayBuffer> {
  const { encoding, content } = payload;
  if (content !== null && encoding !== "masked")
    return new Uint8Array(Buffer.from(content, encoding === "base64" ? "base64" : "utf8"));
  if (encoding === "masked") {
    const detail = "The token lacks payload, which what customers' events say needs.";
    const remedy = "Somebody with the scope admin can make one that has it: signalbox token create --scope …";
    throw new RouterError({ reason: "scope_missing", detail, remedy }, 4);
  }
  throw new RouterError({ reason: "payload_gone", detail: `The payload of ${id} is not kept any more.` }, 1);
}
