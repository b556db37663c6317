// Functions about texts. Those that JSONata has as well are here again with limits on what they make.

import { LIST_LENGTH_MAX, TEXT_LENGTH_MAX } from "../engine/budget.ts";
import { ExpressionError } from "../engine/error.ts";
import { toJson } from "../json-text.ts";
import { countArgument, listArgument, textArgument, type LanguageFunction } from "./context.ts";

const contains: LanguageFunction =
  ({ budget }) =>
  (value, part) => {
    const [text, sought] = [textArgument(value, "contains"), textArgument(part, "contains")];
    if (text === undefined || sought === undefined) return undefined;
    budget.spendForSearch(text, sought);
    return text.includes(sought);
  };

/** Without a limit, more parts than a list may have are refused; with one, the first so many are given. */
const split: LanguageFunction =
  ({ budget }) =>
  (value, separator, limit) => {
    const text = textArgument(value, "split");
    if (text === undefined) return undefined;
    const between = textArgument(separator, "split") ?? "";
    budget.spendForSearch(text, between);
    const most = limit === undefined ? LIST_LENGTH_MAX + 1 : countArgument(limit, "split", [0, LIST_LENGTH_MAX]);
    const parts = text.split(between, most);
    budget.check(parts);
    return parts;
  };

/** Replaces a text wherever it stands, or the first so many times. Nothing in the replacement has a meaning. */
const replace: LanguageFunction =
  ({ budget }) =>
  (value, pattern, replacement, limit) => {
    const [text, sought] = [textArgument(value, "replace"), textArgument(pattern, "replace") ?? ""];
    if (text === undefined) return undefined;
    if (sought === "") throw new ExpressionError("template_expression_failed", "$replace takes a text to look for");
    budget.spendForSearch(text, sought);
    const instead = textArgument(replacement, "replace") ?? "";
    const parts = text.split(sought);
    const found = parts.length - 1;
    const times = limit === undefined ? found : Math.min(found, countArgument(limit, "replace", [0, TEXT_LENGTH_MAX]));
    budget.checkLength(text.length + times * (instead.length - sought.length));
    return [parts.slice(0, times + 1).join(instead), ...parts.slice(times + 1)].join(sought);
  };

const join: LanguageFunction =
  ({ budget }) =>
  (value, separator) => {
    if (value === undefined || value === null) return undefined;
    const texts = listArgument(value).map((one) => textArgument(one, "join") ?? "");
    const between = textArgument(separator, "join") ?? "";
    budget.checkLength(texts.reduce((length, text) => length + text.length + between.length, 0));
    return texts.join(between);
  };

/** Longest text that `$pad` makes, in characters. */
const PAD_MAX = 1_000;

const pad: LanguageFunction = () => (value, width, filler) => {
  const text = textArgument(value, "pad");
  if (text === undefined) return undefined;
  const length = countArgument(width, "pad", [-PAD_MAX, PAD_MAX]);
  const fill = textArgument(filler, "pad") ?? " ";
  return length < 0 ? text.padStart(-length, fill) : text.padEnd(length, fill);
};

/** `redemption.succeeded` becomes `Redemption Succeeded`. */
const title: LanguageFunction = () => (value) =>
  textArgument(value, "title")
    ?.split(/[._\-\s]+/)
    .filter((word) => word !== "")
    .map((word) => word.replace(/^./u, (first) => first.toUpperCase()))
    .join(" ");

/** How many characters `$mask` leaves readable when nobody says. */
const MASK_KEEPS = 4;

/** All but the last few characters as dots; never shows more than half of a text. */
const mask: LanguageFunction = () => (value, keep) => {
  const text = textArgument(value, "mask");
  if (text === undefined) return undefined;
  const characters = Array.from(text);
  const asked = keep === undefined ? MASK_KEEPS : countArgument(keep, "mask", [0, 100]);
  const kept = characters.length > asked * 2 ? asked : 0;
  return "•".repeat(characters.length - kept) + characters.slice(characters.length - kept).join("");
};

const json: LanguageFunction =
  ({ budget }) =>
  (value) => {
    budget.weigh(value);
    return value === undefined ? undefined : toJson(value);
  };

const encodeUrl: LanguageFunction = () => (value) => {
  const text = textArgument(value, "encodeUrl");
  return text === undefined ? undefined : encodeURIComponent(text.toWellFormed());
};

/** Base64 of the text's UTF-8. */
const base64: LanguageFunction = () => (value) => {
  const text = textArgument(value, "base64");
  if (text === undefined) return undefined;
  const bytes = encoder.encode(text);
  let binary = "";
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    binary += Reflect.apply(String.fromCharCode, null, bytes.subarray(start, start + CHUNK_BYTES));
  }
  return btoa(binary);
};

/** How many bytes are handed over as arguments; the call stack has no room for some hundred thousand. */
const CHUNK_BYTES = 8_192;

const encoder = new TextEncoder();

/** A telephone number in E.164: a plus, the country's code, the number; 8 to 15 digits in all. */
const E164 = /^\+[1-9]\d{7,14}$/;

/** A country's calling code, with or without its plus. */
const CALLING_CODE = /^\+?([1-9]\d{0,2})$/;

/**
 * A telephone number in international form. A number without it needs the country's calling code. Which of a national
 * number's zeros are dialled abroad differs; the leading one is dropped, as almost everywhere (Italy keeps it).
 */
const e164: LanguageFunction = () => (value, callingCode) => {
  const text = textArgument(value, "e164");
  if (text === undefined || text.trim() === "") return undefined;
  const compact = text.replaceAll(/[\s().\-/\u00a0]/g, "").replace(/^00/, "+");
  const code = CALLING_CODE.exec(textArgument(callingCode, "e164") ?? "")?.[1];
  const number = compact.startsWith("+") || code === undefined ? compact : `+${code}${compact.replace(/^0/, "")}`;
  if (E164.test(number)) return number;
  throw new ExpressionError(
    "template_expression_failed",
    "$e164 takes a number with its country's code: +47…, 0047…, or $e164(number, '47')",
  );
};

/** Functions about texts, by name. */
export const TEXT_FUNCTIONS = {
  contains,
  split,
  replace,
  join,
  pad,
  title,
  mask,
  json,
  encodeUrl,
  base64,
  e164,
} as const;
