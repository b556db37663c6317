// Scheme and host of an address, as settings have them.

/** Whether a text is scheme and host alone, like `https://api.example.com`, with a port or a slash at most. */
export function isOrigin(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { origin, href } = new URL(text);
  return href === `${origin}/`;
}
