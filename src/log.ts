// Log lines: one JSON object each, with ids, counts and error messages; never payloads or secrets.

/** Writes a line about something that failed and was handled. `event` is a stable name to search for. */
export function logFailure(event: string, error: unknown, fields: Record<string, string | number> = {}): void {
  console.error(JSON.stringify({ event, ...fields, error: errorMessage(error) }));
}

/** An error's message; whatever else was thrown may hold anything and is not repeated. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : "unknown";
}
