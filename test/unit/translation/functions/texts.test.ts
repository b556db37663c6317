import { describe, expect, it } from "vitest";
import { failureOf, valueOf } from "../run.ts";

const FAMILY = "👩‍👩‍👧";

const data = {
  name: "Zoë Łódź",
  type: "redemption.succeeded",
  empty: "",
  nil: null,
  flag: true,
  number: 12.5,
  list: ["a", "b"],
  object: { a: 1 },
  dollars: "$& $1 $$",
  emoji: `a${FAMILY}b`,
  surrogate: "a\ud800b",
  long: "x".repeat(200_000),
  tooLong: "x".repeat(200_001),
};

describe.each<[string, [string, unknown][]]>([
  [
    "$contains",
    [
      ["$contains(name, 'Łó')", true],
      ["$contains(name, 'zoë')", false],
      ["$contains(name, '')", true],
      ["$contains(number, '2.5')", true],
      ["$contains(flag, 'ru')", true],
      ["$contains(missing, 'a')", undefined],
      ["$contains(nil, 'a')", undefined],
      ["$contains(name, missing)", undefined],
      ["$contains(long, 'y')", false],
    ],
  ],
  [
    "$split",
    [
      ["$split(type, '.')", ["redemption", "succeeded"]],
      ["$split('abc', '')", ["a", "b", "c"]],
      ["$split('a,b,c', ',', 2)", ["a", "b"]],
      ["$split('a,b', ',', 10)", ["a", "b"]],
      ["$split('a,b', ',', 0)", []],
      ["$split(empty, ',')", [""]],
      ["$split(missing, ',')", undefined],
      ["$split(long, '', 3)", ["x", "x", "x"]],
    ],
  ],
  [
    "$replace",
    [
      ["$replace(type, '.', '_')", "redemption_succeeded"],
      ["$replace('aaa', 'a', 'b')", "bbb"],
      ["$replace('aaa', 'a', 'b', 2)", "bba"],
      ["$replace('aaa', 'a', 'b', 0)", "aaa"],
      ["$replace('aaa', 'a', 'b', 9)", "bbb"],
      ["$replace('aaa', 'a', missing)", ""],
      ["$replace('abc', 'b', dollars)", "a$& $1 $$c"],
      ["$replace('a.c', '.', '-')", "a-c"],
      ["$replace(missing, 'a', 'b')", undefined],
      ["$replace(number, '.', ',')", "12,5"],
      ["$length($replace(long, 'x', 'y'))", 200_000],
    ],
  ],
  [
    "$join",
    [
      ["$join(list)", "ab"],
      ["$join(list, ', ')", "a, b"],
      ["$join(['a', nil, 1, true], '-')", "a--1-true"],
      ["$join('a', '-')", "a"],
      ["$join([], '-')", ""],
      ["$join(missing, '-')", undefined],
      ["$join(nil, '-')", undefined],
    ],
  ],
  [
    "$pad",
    [
      ["$pad('7', 3)", "7  "],
      ["$pad('7', -3)", "  7"],
      ["$pad(7, -3, '0')", "007"],
      ["$pad('abcd', 2)", "abcd"],
      ["$pad('a', 5, '-+')", "a-+-+"],
      ["$pad('a', 3, '')", "a"],
      ["$pad(missing, 3)", undefined],
      ["$length($pad('', 1000))", 1_000],
    ],
  ],
  [
    "$title",
    [
      ["$title(type)", "Redemption Succeeded"],
      ["$title('loyalty_card-points added')", "Loyalty Card Points Added"],
      ["$title('łódź')", "Łódź"],
      ["$title('🎟 x')", "🎟 X"],
      ["$title('..')", ""],
      ["$title(empty)", ""],
      ["$title(missing)", undefined],
    ],
  ],
  [
    "$mask",
    [
      ["$mask('SAVE-2026-ABCD')", "••••••••••ABCD"],
      ["$mask('SAVE-2026-ABCD', 2)", "••••••••••••CD"],
      ["$mask('SAVE-2026-ABCD', 0)", "••••••••••••••"],
      ["$mask('12345678')", "••••••••"],
      ["$mask('123456789')", "•••••6789"],
      ["$mask('abc')", "•••"],
      ["$mask('🎟🎟🎟', 1)", "••🎟"],
      ["$mask(empty)", ""],
      ["$mask(1234567890)", "••••••7890"],
      ["$mask(missing)", undefined],
    ],
  ],
  [
    "$json",
    [
      ["$json(object)", '{"a":1}'],
      ["$json(list)", '["a","b"]'],
      ["$json(name)", '"Zoë Łódź"'],
      ["$json(number)", "12.5"],
      ["$json(nil)", "null"],
      ["$json(missing)", undefined],
    ],
  ],
  [
    "$encodeUrl",
    [
      ["$encodeUrl('a b&c=d/é?')", "a%20b%26c%3Dd%2F%C3%A9%3F"],
      ["$encodeUrl(surrogate)", "a%EF%BF%BDb"],
      ["$encodeUrl(number)", "12.5"],
      ["$encodeUrl(missing)", undefined],
    ],
  ],
  [
    // https://www.rfc-editor.org/rfc/rfc4648#section-10
    "$base64",
    [
      ["$base64('')", ""],
      ["$base64('f')", "Zg=="],
      ["$base64('fo')", "Zm8="],
      ["$base64('foo')", "Zm9v"],
      ["$base64('foob')", "Zm9vYg=="],
      ["$base64('fooba')", "Zm9vYmE="],
      ["$base64('foobar')", "Zm9vYmFy"],
      ["$base64('é€')", "w6nigqw="],
      ["$length($base64($substring(long, 0, 149000)))", 198_668],
      ["$base64(missing)", undefined],
    ],
  ],
  [
    "$e164",
    [
      ["$e164('+1 (555) 010-9999')", "+15550109999"],
      ["$e164('0047 912 34 567')", "+4791234567"],
      ["$e164('912 34 567', '47')", "+4791234567"],
      ["$e164('912 34 567', '+47')", "+4791234567"],
      ["$e164('0171/2345678', '49')", "+491712345678"],
      ["$e164(91234567, 47)", "+4791234567"],
      ["$e164('+47 912.34.567', '1')", "+4791234567"],
      ["$e164('+47\\u00a0912\\u00a034\\u00a0567')", "+4791234567"],
      ["$e164('+4791234567\\r\\n')", "+4791234567"],
      ["$e164(empty)", undefined],
      ["$e164('  ')", undefined],
      ["$e164(nil, '47')", undefined],
      ["$e164(missing, '47')", undefined],
    ],
  ],
])("%s", (_name, cases) => {
  it.each(cases)("gives for %s", async (expression, value) => {
    expect(await valueOf(expression, data)).toEqual(value);
  });
});

describe("a function about texts fails", () => {
  const FAILED = "template_expression_failed";
  const TOO_LONG = "template_budget_exceeded: it makes a text of more than 200000 characters";
  const PHONE = "$e164 takes a number with its country's code: +47…, 0047…, or $e164(number, '47')";

  it.each([
    ["$contains(object, 'a')", `${FAILED}: $contains takes a text`],
    ["$contains(list, 'a')", `${FAILED}: $contains takes a text`],
    ["$contains(tooLong, 'a')", TOO_LONG],
    ["$split(object, ',')", `${FAILED}: $split takes a text`],
    ["$split('a', ',', -1)", `${FAILED}: $split takes a whole number from 0 to 5000 there`],
    ["$split('a', ',', 1.5)", `${FAILED}: $split takes a whole number from 0 to 5000 there`],
    [
      "$split(long, '')",
      "template_budget_exceeded: it has a list of more than 5000 values, or an object of as many names",
    ],
    ["$replace('a', '', 'b')", `${FAILED}: $replace takes a text to look for`],
    ["$replace('a', missing, 'b')", `${FAILED}: $replace takes a text to look for`],
    ["$replace('a', 'a', object)", `${FAILED}: $replace takes a text`],
    ["$replace(long, 'x', 'yy')", TOO_LONG],
    ["$join([object], ',')", `${FAILED}: $join takes a text`],
    ["$join([long, 'x'])", TOO_LONG],
    ["$pad('a', 1001)", `${FAILED}: $pad takes a whole number from -1000 to 1000 there`],
    ["$pad('a', 50000000)", `${FAILED}: $pad takes a whole number from -1000 to 1000 there`],
    ["$pad('a', 1.5)", `${FAILED}: $pad takes a whole number from -1000 to 1000 there`],
    ["$pad('a', missing)", `${FAILED}: $pad takes a whole number from -1000 to 1000 there`],
    ["$title(list)", `${FAILED}: $title takes a text`],
    ["$mask('a', -1)", `${FAILED}: $mask takes a whole number from 0 to 100 there`],
    ["$mask('a', 'b')", `${FAILED}: $mask takes a whole number from 0 to 100 there`],
    ["$encodeUrl(object)", `${FAILED}: $encodeUrl takes a text`],
    ["$encodeUrl($replace(long, 'x', 'é'))", TOO_LONG],
    ["$base64(list)", `${FAILED}: $base64 takes a text`],
    ["$base64(long)", TOO_LONG],
    ["$e164('912 34 567')", `${FAILED}: ${PHONE}`],
    ["$e164('912 34 567', '')", `${FAILED}: ${PHONE}`],
    ["$e164('912 34 567', '0')", `${FAILED}: ${PHONE}`],
    ["$e164('912 34 567', '4711')", `${FAILED}: ${PHONE}`],
    ["$e164('912 34 567', missing)", `${FAILED}: ${PHONE}`],
    ["$e164('+47 912 34 567 x9')", `${FAILED}: ${PHONE}`],
    ["$e164('+0 912 34 567')", `${FAILED}: ${PHONE}`],
    ["$e164('+47 12')", `${FAILED}: ${PHONE}`],
    ["$e164('+4791234567891234')", `${FAILED}: ${PHONE}`],
    ["$e164('zoe@example.com')", `${FAILED}: ${PHONE}`],
    ["$e164('٠٤٧٩١٢٣٤٥٦٧')", `${FAILED}: ${PHONE}`],
  ])("for %s", async (expression, failure) => {
    expect(await failureOf(expression, data)).toBe(failure);
  });
});

describe("$mask", () => {
  it("never shows more than half of a text, whatever it is asked to keep", async () => {
    for (let length = 0; length <= 30; length++) {
      for (const keep of [undefined, 0, 1, 2, 3, 4, 7, 15, 100]) {
        const code = "c".repeat(length);
        const asked = keep === undefined ? "$mask(code)" : `$mask(code, ${keep})`;
        const masked = String(await valueOf(asked, { code }));
        expect(masked).toHaveLength(length);
        expect(masked.replaceAll("•", "").length).toBeLessThanOrEqual(Math.floor(length / 2));
      }
    }
  });

  it("shows as much of each of a list's texts, not more with each", async () => {
    expect(await valueOf("$map(codes, $mask)", { codes: ["123456789", "123456789", "123456789"] })).toEqual([
      "•••••6789",
      "•••••6789",
      "•••••6789",
    ]);
  });
});
