// The echo target, which every router has: it answers from within, so that a test sendout can go the whole way and to
// nobody else. Only the table of the self-test leads to it (src/routing/self-test.ts).

/** Its address; the domain is one that never resolves. https://www.rfc-editor.org/rfc/rfc2606 (read 2026-11-29) */
export const ECHO_URL = "https://echo.signalbox.invalid/";

/** Answers as the echo target: 200, with how many bytes came. */
export const echo: typeof fetch = async (_url, init) => {
  const bytes = (await new Response(init?.body ?? null).arrayBuffer()).byteLength;
  return Response.json({ echo: true, bytes });
};
