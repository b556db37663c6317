// The name of a delivery: one sendout, one target. Pure.

/**
 * The id of a delivery, and the `Idempotency-Key` of its requests: the same over every retry and replay, because it is
 * made of the sendout's id and the target's name.
 *
 * @param copy the number of a repeat that was asked for as something new, which has a key of its own; else 0
 */
export function deliveryId(sendoutId: string, target: string, copy = 0): string {
  return copy === 0 ? `${sendoutId}.${target}` : `${sendoutId}.${target}~${copy}`;
}

/** The sendout, target and copy in a delivery's id; undefined when it is not one. */
export function parseDeliveryId(id: string): { sendoutId: string; target: string; copy: number } | undefined {
  const match = /^(so_[0-9a-f]{32})\.([a-z0-9_-]{1,40})(?:~([1-9]\d{0,3}))?$/.exec(id);
  const [, sendoutId, target, copy] = match ?? [];
  return sendoutId === undefined || target === undefined ? undefined : { sendoutId, target, copy: Number(copy ?? 0) };
}
