// What inlets, targets, routes and channels of alerts may be called: their names stand in URLs, headers and ids. Pure, and
// small: the dashboard checks names with it as well.

/** The longest name, in characters. */
export const PART_NAME_LENGTH_MAX = 40;

/** A name as a regular expression. */
export const PART_NAME_PATTERN = /^[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?$/;

/** The same in words, for whoever has written another. */
export const PART_NAME_RULE = `a name has 1 to ${PART_NAME_LENGTH_MAX} lowercase letters, digits, - and _, and neither begins nor ends with - or _`;
