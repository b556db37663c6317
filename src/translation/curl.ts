// A rendered request as a curl command for a shell. Secrets are variables of their names, so that the command can be
// shown and run, and holds none. Pure.

import { TextWriter, type RenderedRequest, type RenderedText } from "./rendered.ts";

/** More arguments of curl: authentication, which is no part of the rendered request. */
export type CurlArgument = readonly [flag: string, text: RenderedText];

/** The command, an argument a line. */
export function toCurl({ method, url, headers, body }: RenderedRequest, more: readonly CurlArgument[] = []): string {
  const lines = [
    `curl ${hasPattern(url) ? "--globoff " : ""}-X ${method} ${quote(url)}`,
    ...headers.map(([name, value]) => `  -H ${quote(header(name, value))}`),
    ...more.map(([flag, text]) => `  ${flag} ${quote(text)}`),
    ...(body === undefined ? [] : [`  --data-raw ${quote(body)}`]),
  ];
  return lines.join(" \\\n");
}

/** Whether curl would take the URL for a pattern that stands for several. */
function hasPattern(url: RenderedText): boolean {
  return url.some((part) => typeof part === "string" && /[[\]{}]/.test(part));
}

/** A header; one without a value has a semicolon, or curl leaves it out. */
function header(name: string, value: RenderedText): RenderedText {
  return value.every((part) => part === "") ? [`${name};`] : [`${name}: `, ...value];
}

/** Text in single quotes, with secrets as variables between them. */
function quote(text: RenderedText): string {
  const quoted = joined(text).map((part) => {
    if (typeof part === "string") return part === "" ? "" : `'${part.replaceAll("'", String.raw`'\''`)}'`;
    // In JSON the quotes around a secret are the document's.
    return part.as === "json" ? `'"'"$${part.$secret}"'"'` : `"$${part.$secret}"`;
  });
  return quoted.join("") || "''";
}

/** The same text with neighbouring literals in one piece. */
function joined(text: RenderedText): RenderedText {
  const writer = new TextWriter();
  for (const part of text) {
    if (typeof part === "string") writer.text(part);
    else writer.secret(part.$secret, part.as);
  }
  return writer.finish();
}
