// Where a list goes on: what stands in `next` and is given back as `cursor`. It names a sendout, and in a list of
// deliveries one of its deliveries.

import * as v from "valibot";
import { deliveryId, parseDeliveryId } from "../delivery/delivery-id.ts";
import type { DeliveryPlace } from "../ledger/list-deliveries.ts";

/** A place as text; null at the end of a list. */
export function toCursor(place: DeliveryPlace | undefined): string | null {
  if (place === undefined) return null;
  const { receivedAt, id, delivery } = place;
  return `${receivedAt}.${delivery === undefined ? id : deliveryId(id, delivery.target, delivery.copy)}`;
}

/** A place from its text; undefined when it is none. */
export function parseCursor(text: string): DeliveryPlace | undefined {
  const [, at, id] = /^(\d{1,15})\.(so_[0-9a-f]{32}.*)?$/.exec(text) ?? [];
  if (at === undefined) return undefined;
  const place = { receivedAt: Number(at), id: id ?? "" };
  if (place.id.length <= SENDOUT_ID_LENGTH) return place;
  const key = parseDeliveryId(place.id);
  return key === undefined
    ? undefined
    : { ...place, id: key.sendoutId, delivery: { target: key.target, copy: key.copy } };
}

const SENDOUT_ID_LENGTH = "so_".length + 32;

/** A cursor as a request has it. */
export const CursorSchema = v.pipe(
  v.string(),
  v.description("An earlier answer's `next`."),
  v.check((text) => parseCursor(text) !== undefined, "expected a cursor from an earlier answer's next"),
  v.transform(parseCursor),
);
