// Templates whose values cannot become a destination's markup: a customer called `<!channel>` pings nobody. For recipes
// with texts of their own; what somebody writes into a setting is theirs.

/** What stands for characters that a destination takes for markup. Applied in this order. */
export type Replacements = readonly (readonly [character: string, instead: string])[];

/**
 * A template with the replacements done in every value, and none in its own text.
 *
 * @param lengthMax longest value, in characters; what is longer is cut, after the replacements
 */
export function escapeValues(template: string, replacements: Replacements, lengthMax?: number): string {
  return template.replaceAll(/\{\{ (.+?) \}\}/g, (_all, expression: string) => {
    const escaped = replacements.reduce(
      (value, pair) => `$replace(${value}, ${pair.map((text) => JSON.stringify(text)).join(", ")})`,
      expression,
    );
    return `{{ ${lengthMax === undefined ? escaped : `$substring(${escaped}, 0, ${lengthMax})`} }}`;
  });
}

/** Slack's three characters: https://docs.slack.dev/messaging/formatting-message-text#escaping (read 2026-11-24). */
export const SLACK_MARKUP: Replacements = [
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
];

/** What recipes for Slack say about it. */
export const SLACK_MARKUP_NOTE =
  "In the text that comes with the recipe, & < and > of values are escaped, so that no value pings a channel or makes a link. In a text of your own write {{ $replace($replace($replace(customer.name, '&', '&amp;'), '<', '&lt;'), '>', '&gt;') }} where a customer could choose the value. *, _ and ~ cannot be escaped in Slack; they only make letters bold.";
