// What most tests over storage begin with.

import { reset } from "cloudflare:test";
import { vi } from "vitest";

/** Empties every storage, takes mocks and spies back, and keeps what `src` logs as errors out of the output. */
export async function startOver(): Promise<void> {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
}
