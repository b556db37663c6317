import { expect, test } from "vitest";
import { draftOfRecipe, REQUEST_DRAFT } from "../../../src/dashboard/pages/builder/draft.ts";
import { emptyPlaces, placeIssues } from "../../../src/dashboard/pages/builder/issue-places.ts";

const NOPE = "character 4: there is no function $nope";

test("what is wrong in a body is marked at the word in its string", () => {
  const body = String.raw`{ "items": ["ok", "\"{{ $nope(1) }}"] }`;
  const issues = [{ path: "target.request.body.items.1", message: "character 5: there is no function $nope" }];
  const [found] = placeIssues(issues, { ...REQUEST_DRAFT, body }).body;
  expect(found).toMatchObject({ message: "there is no function $nope", severity: "error" });
  expect(body.slice(found?.from, found?.to)).toBe("$nope");
});

test("what is wrong in a URL is marked there", () => {
  const draft = { ...REQUEST_DRAFT, url: "{{ $nope(1) }}" };
  const [found] = placeIssues([{ path: "target.request.url", message: NOPE }], draft).url;
  expect(draft.url.slice(found?.from, found?.to)).toBe("$nope");
});

test("a message without a place marks the whole", () => {
  const draft = { ...REQUEST_DRAFT, url: "htps://a.example/" };
  const message = "a URL begins with https://";
  expect(placeIssues([{ path: "target.request.url", message }], draft).url).toEqual([
    { from: 0, to: draft.url.length, message, severity: "error" },
  ]);
});

test("in a setting of several lines the line counts", () => {
  const draft = { ...draftOfRecipe("slack-webhook"), settings: { text: "Hello\n{{ $nope(1) }}" } };
  const issues = [{ path: "target.settings.text", message: "line 2, column 4: there is no function $nope" }];
  const [found] = placeIssues(issues, draft).texts.get("text") ?? [];
  expect(draft.settings.text.slice(found?.from, found?.to)).toBe("$nope");
});

test("each issue is shown once: by its field, or below all of them", () => {
  const issues = [
    { path: "target.request.headers.x-a", message: "no such header" },
    { path: "target.auth.secret", message: "a secret's name has capitals" },
    { path: "target.timeoutMs", message: "expected whole milliseconds" },
    { path: "target", message: "expected a request or a recipe" },
  ];
  const placed = placeIssues(issues, REQUEST_DRAFT);
  expect(placed.headers.get("x-a")).toBe("no such header");
  expect(placed.auth).toEqual(["secret: a secret's name has capitals"]);
  expect(placed.others.map(({ path }) => path)).toEqual(["target.timeoutMs", "target"]);
});

test("expressions that gave nothing are marked where they stand, in JSON and in texts", () => {
  const trace = [
    { expression: "customer.nickname", empty: "customer.nickname is missing" },
    { expression: "customer.name" },
  ];
  const body = '{ "a": "{{ customer.name }} {{ customer.nickname }}" }';
  const [found, ...others] = emptyPlaces(body, "json", trace);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ message: "customer.nickname is missing", severity: "warning" });
  expect(body.slice(found?.from, found?.to)).toBe(" customer.nickname ");
  expect(emptyPlaces("{{customer.nickname}}", "text", trace)).toHaveLength(1);
});
