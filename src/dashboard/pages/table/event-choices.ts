// The event patterns that a route can be given: everything, each family, each type. Pure.

/** Patterns, the widest first; a family is what several types begin with. */
export function eventChoices(events: readonly { type: string; meaning: string }[]): { value: string; hint: string }[] {
  const families = Map.groupBy(
    events.flatMap(({ type }) => beginningsOf(type)),
    (beginning) => beginning,
  );
  return [
    { value: "*", hint: "every event" },
    ...[...families]
      .filter(([, types]) => types.length > 1)
      .map(([beginning, types]) => ({ value: `${beginning}.*`, hint: `${types.length} event types` })),
    ...events.map(({ type, meaning }) => ({ value: type, hint: meaning })),
  ];
}

/** `customer.rewarded.loyalty_points` begins with `customer` and with `customer.rewarded`. */
function beginningsOf(type: string): string[] {
  const parts = type.split(".");
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("."));
}
