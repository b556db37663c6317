// Text and JSON as the bytes that arrive.

/** UTF-8 bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  // TextEncoder always makes a fresh ArrayBuffer; its type just does not say so.
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}
