// The name of a delivery: one sendout, one target. Pure.

/**
 * The id of a delivery, and the `Idempotency-Key` of its requests: the same over every retry and replay, because it is
 * made of the sendout's id and the target's name.
 */
export function deliveryId(sendoutId: string, target: string): string {
  return `${sendoutId}.${target}`;
}

/** The sendout and target in a delivery's id; undefined when it is not one. */
export function parseDeliveryId(id: string): { sendoutId: string; target: string } | undefined {
  const match = /^(so_[0-9a-f]{32})\.([a-z0-9_-]{1,40})$/.exec(id);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { sendoutId: match[1], target: match[2] };
}
