// Reads a request body up to a limit, counting bytes as they come. `content-length` is only a hint for the first
// buffer: it may be missing or lie.

/** First buffer when the request does not say how long it is, in bytes. */
const FIRST_BUFFER_BYTES = 16 * 1024;

/**
 * The body's bytes, or undefined as soon as there are more than `maxBytes`.
 *
 * @throws when the client goes away before the body ends
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const announced = Number(request.headers.get("content-length") ?? Number.NaN);
  if (announced > maxBytes) return undefined;
  if (request.body === null) return new Uint8Array(0);
  // One byte more than announced, so that an honest body ends in one read.
  let free = Math.min(announced >= 0 ? announced : FIRST_BUFFER_BYTES, maxBytes) + 1;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = request.body.getReader({ mode: "byob" });
  for (;;) {
    const { done, value } = await reader.readAtLeast(free, new Uint8Array(free));
    if (value !== undefined && value.length > 0) {
      chunks.push(value);
      length += value.length;
    }
    if (length > maxBytes) {
      // Not read to the end: what is too large is not worth its bandwidth.
      await reader.cancel().catch(() => undefined);
      return undefined;
    }
    if (done || (value !== undefined && value.length < free)) return join(chunks, length);
    free = Math.min(length, maxBytes - length) + 1;
  }
}

function join(chunks: readonly Uint8Array<ArrayBuffer>[], length: number): Uint8Array<ArrayBuffer> {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
