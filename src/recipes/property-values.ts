// Properties of events for systems that are particular about their values.

type Properties = Readonly<Record<string, string>>;

/** The same without those that are null, for systems that take none or do not say. */
export function withoutNulls(properties: Properties): Record<string, string> {
  return mapExpressions(properties, notNull);
}

/** The same as texts, without those that are null: for systems whose properties are all texts. */
export function asTexts(properties: Properties): Record<string, string> {
  return mapExpressions(properties, (expression) => `$string(${notNull(expression)})`);
}

/** A plain path may lead to a null; our functions make none. */
function notNull(expression: string): string {
  return /^[\w$.]+$/.test(expression) ? `$default(${expression})` : expression;
}

function mapExpressions(properties: Properties, change: (expression: string) => string): Record<string, string> {
  return Object.fromEntries(
    // Each is one whole expression: `{{ voucher.code }}`.
    Object.entries(properties).map(([name, text]) => [name, `{{ ${change(text.slice(2, -2).trim())} }}`]),
  );
}
