// A document as somebody would have written it by hand, for a file that people go on with.

/** How wide a line may be that has a whole list or object on it, in characters. */
const WIDTH_MAX = 100;

/**
 * JSON in which what is short stands on one line, with a comment above some of the outermost keys.
 *
 * @param comments by key
 */
export function toJsonc(document: object, comments: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(document).map(([key, value], index, { length }) => {
    const comment = comments[key] === undefined ? "" : `  // ${comments[key]}\n`;
    return `${comment}  ${JSON.stringify(key)}: ${print(value, "  ")}${index === length - 1 ? "" : ","}\n`;
  });
  return `{\n${lines.join("")}}\n`;
}

function print(value: unknown, indent: string): string {
  const short = onOneLine(value);
  if (indent.length + short.length <= WIDTH_MAX || typeof value !== "object" || value === null) return short;
  const deeper = `${indent}  `;
  const isList = Array.isArray(value);
  const items = Object.entries(value).map(
    ([key, item]) => `${deeper}${isList ? "" : `${JSON.stringify(key)}: `}${print(item, deeper)}`,
  );
  return `${isList ? "[" : "{"}\n${items.join(",\n")}\n${indent}${isList ? "]" : "}"}`;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const items = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${onOneLine(item)}`);
  return items.length === 0 ? "{}" : `{ ${items.join(", ")} }`;
}
