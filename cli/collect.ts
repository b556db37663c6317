// Options that can be given several times.

/** Collects what such an option is given, for commander. */
export function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}
