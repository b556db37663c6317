// What the functions of expressions are called, take and give, in a line each: for completion in editors, and nothing that
// runs. docs/expressions.md has each with an example.

/** A function as people read it. */
export interface FunctionLine {
  /** Without the $. */
  name: string;
  /** What it takes, arguments that may be left out with a question mark: `value, pattern?, timeZone?`. */
  takes: string;
  meaning: string;
}

const line = (name: string, takes: string, meaning: string): FunctionLine => ({ name, takes, meaning });

/** Those of Signalbox first, then JSONata's, each part by the alphabet. */
export const FUNCTION_LINES: readonly FunctionLine[] = [
  line("base64", "text", "The text in Base64."),
  line("contains", "text, part", "Whether the text has the part in it."),
  line(
    "date",
    "instant, pattern?, timeZone?",
    "A date for people: $date(order.created_at, 'dd.MM.yyyy', 'Europe/Oslo').",
  ),
  line("default", "value, other, …", "The first that is not missing, null or empty."),
  line("distinct", "list", "The list without repeats."),
  line("e164", "phone, countryCode?", "A telephone number in international form: +4791234567."),
  line("encodeUrl", "text", "A text that goes into a URL within a text. URLs of requests are encoded anyway."),
  line("fromMillis", "instant", "ISO 8601; the same as $iso."),
  line("hmac", "text, key", "HMAC-SHA256, hexadecimal. The key stands in the table, so it is no secret."),
  line("iso", "instant", "ISO 8601: 2026-10-05T08:15:30.250Z."),
  line("join", "list, separator", "The list as one text."),
  line("json", "value", "JSON as a text."),
  line("key", "length?", "An id in letters, digits, - and _: the same in every retry."),
  line("list", "value", "Always a list, of a single value too."),
  line("mask", "text, shown?", "Dots for all but the last four characters."),
  line("md5", "text", "MD5, hexadecimal."),
  line("millis", "", "When the sendout was received, in milliseconds."),
  line("money", "amount, currency?", "An amount in the main unit: 10250 becomes 102.5."),
  line("now", "", "When the sendout was received, as ISO 8601."),
  line("pad", "text, width, filler?", "The text made as long as the width; a negative one fills in front."),
  line("replace", "text, part, by", "The part replaced wherever it stands."),
  line("required", "value, message", "The value. Without it nothing is sent and the log has the message."),
  line("sha256", "text", "SHA-256, hexadecimal."),
  line("split", "text, separator", "The parts of the text as a list."),
  line("text", "value", "The value as text, lists and objects as JSON."),
  line("title", "text", "Each word with a capital: Redemption Succeeded."),
  line("toMillis", "instant", "Milliseconds since 1970; the same as $unixMs."),
  line("ulid", "", "An id as a ULID: the same in every retry."),
  line("unix", "instant", "Seconds since 1970."),
  line("unixMs", "instant", "Milliseconds since 1970."),
  line("uuid", "name?", "An id of this request: the same in every retry."),
  line("abs", "number", "The number without its sign."),
  line("append", "list, more", "Both lists in one."),
  line("average", "list", "The average of the numbers."),
  line("boolean", "value", "Whether it is anything but nothing, zero or empty."),
  line("ceil", "number", "Rounded up."),
  line("count", "list", "How many there are."),
  line("each", "object, function", "A function's value for every key of an object."),
  line("exists", "value", "Whether it is there. Null is."),
  line("filter", "list, function", "Those for which the function holds."),
  line("floor", "number", "Rounded down."),
  line("formatBase", "number, base", "The number in another base."),
  line("formatNumber", "number, picture", "A number for people: $formatNumber(1250, '#,##0.00')."),
  line("keys", "object", "The names in an object."),
  line("length", "text", "How many characters."),
  line("lookup", "object, name", "The value of that name."),
  line("lowercase", "text", "Small letters."),
  line("map", "list, function", "A function's value for every item."),
  line("max", "list", "The largest number."),
  line("merge", "objects", "Several objects in one."),
  line("min", "list", "The smallest number."),
  line("not", "value", "The opposite."),
  line("number", "value", "A text as a number."),
  line("power", "number, exponent", "The number to that power."),
  line("reduce", "list, function, start?", "The list put together by a function."),
  line("reverse", "list", "The list from its end."),
  line("round", "number, digits?", "Rounded; half goes to the even one."),
  line("sift", "object, function", "The keys for which the function holds."),
  line("single", "list, function?", "The only one for which the function holds."),
  line("sort", "list, function?", "The list in order."),
  line("spread", "object", "An object for each key."),
  line("sqrt", "number", "The square root."),
  line("string", "value", "The value as text."),
  line("substring", "text, start, length?", "A part of the text."),
  line("substringAfter", "text, part", "What stands after the part."),
  line("substringBefore", "text, part", "What stands before the part."),
  line("sum", "list", "The sum of the numbers."),
  line("trim", "text", "Without spaces at both ends."),
  line("type", "value", "What kind of value it is."),
  line("uppercase", "text", "Capitals."),
  line("zip", "lists", "Items of the same place together."),
];
