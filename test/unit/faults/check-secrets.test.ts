// The rig's own eye for secrets: what it does not see in a row or a message, no schedule would ever complain of.

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Invocation } from "../../faults/calls.ts";
import { checkCredential, createLeakCheck, findSecrets } from "../../faults/check-secrets.ts";
import { MASTER_KEYS, VaultValues } from "../../faults/vault-values.ts";
import { bytes } from "../bytes.ts";
import { SECRETS } from "../faults.ts";

const SECRET = "hush-4f1b0c22";
const TEXT = JSON.stringify({ headers: [["authorization", `Bearer ${SECRET}`]] });
const gzipped = () => new Uint8Array(gzipSync(bytes(TEXT.repeat(9))));

describe("a secret is found", () => {
  it.each<[string, unknown]>([
    ["in a text", TEXT],
    ["in bytes", bytes(TEXT)],
    ["in compressed bytes", gzipped()],
    ["in the base64 of a text", `raw:${bytes(TEXT).toBase64()}`],
    ["in the base64 of compressed bytes", `gzip:${gzipped().toBase64()}`],
    ["in base64 for URLs without padding", bytes(TEXT).toBase64({ alphabet: "base64url", omitPadding: true })],
    ["in the user and password of basic authentication", `Basic ${btoa(`user:${SECRET}`)}`],
    ["in a row within a list in JSON", JSON.stringify([{ request: `raw:${bytes(TEXT).toBase64()}` }])],
    ["deep in a message", [{ v: 1, content: { as: "raw", bytes: bytes(TEXT) } }]],
    ["as the name of a field", { [SECRET]: 1 }],
  ])("%s", (_where, what) => {
    expect(findSecrets(what, [["CRM_KEY", SECRET]])).toEqual(["CRM_KEY"]);
    expect(findSecrets(what, [["CRM_KEY", "another-4f1b0c22"]])).toEqual([]);
  });
});

describe("the leak check", () => {
  it("knows the Worker's secrets, the master key and every value of the vault, and tells of each once for a place", () => {
    const values = new VaultValues();
    const problems: string[] = [];
    const wrote = createLeakCheck(values, (problem) => void problems.push(problem));
    wrote("D1 row", ["sendout", 1, null]);
    const { value } = values.create(0);
    for (const place of ["D1 row", "log line", "D1 row"] as const) {
      wrote(place, [MASTER_KEYS, SECRETS.CRM_TOKEN, `it is ${value}`]);
    }
    const names = ["CRM_TOKEN", "the master key a", "CRM_KEY"];
    const expected = ["D1 row", "log line"].flatMap((place) => names.map((name) => `leak: ${name} in a ${place}`));
    expect(problems.toSorted()).toEqual(expected.toSorted());
  });
});

describe("the value that a call has to carry", () => {
  const MINUTE_MS = 60_000;

  /** The first value answered at 0; the second put in at 10 minutes, and answered as said. */
  function replaced(answeredAt: number | undefined): [VaultValues, first: string, second: string] {
    const values = new VaultValues();
    const first = values.create(-1);
    first.answeredAt = 0;
    const second = values.create(10 * MINUTE_MS);
    if (answeredAt !== undefined) second.answeredAt = answeredAt;
    return [values, first.value, second.value];
  }

  it.each([
    ["the first one before it is replaced", 9, 10, true, ["first"]],
    ["either for a minute after that", 11, 10, true, ["first", "second"]],
    ["the second one from then on", 12, 10, true, ["second"]],
    ["either for an hour where D1 may not have answered", 70, 10, false, ["first", "second"]],
    ["the second one even there after an hour", 71, 10, false, ["second"]],
    ["either while nobody knows whether the second was put in", 300, undefined, true, ["first", "second"]],
  ])("is %s", (_what, minute, answered, isHealthy, expected) => {
    const [values, first, second] = replaced(answered === undefined ? undefined : answered * MINUTE_MS);
    const known: Record<string, string> = { first, second };
    expect(values.usableAt(minute * MINUTE_MS, isHealthy)).toEqual(expected.map((name) => known[name]));
  });

  it.each([
    ["the value in use", "crm", 12, "second", []],
    ["an older one", "crm", 12, "first", ["a secret of another time or target"]],
    ["the Worker's token where the vault's belongs", "crm", 12, "worker", ["no secret that is known"]],
    ["nothing", "crm", 12, "", ["no secret that is known"]],
    [
      "the vault's value where the Worker's token belongs",
      "mail",
      12,
      "second",
      ["a secret of another time or target"],
    ],
    ["the Worker's token where it belongs", "mail", 12, "worker", []],
  ])("is held against what it carried: %s", (_what, target, minute, shown, complaints) => {
    const [values, first, second] = replaced(10 * MINUTE_MS);
    const known: Record<string, string> = { first, second, worker: SECRETS.CRM_TOKEN, "": "" };
    const invocation: Invocation = {
      id: 1,
      step: "deliver",
      isolate: { id: 1, env: {}, alive: true },
      alive: true,
      pending: 0,
      blocked: 0,
      calls: 1,
      faults: 0,
      onCrash: () => {},
    };
    const call = {
      at: minute * MINUTE_MS,
      target,
      key: "s_1.x",
      url: "",
      body: "",
      credential: shown === "" ? "" : `Bearer ${known[shown]}`,
      behaviour: "accept" as const,
      done: true,
      invocation,
    };
    const problems = checkCredential(call, new Set(["crm"]), values);
    expect(problems).toEqual(complaints.map((complaint) => `credential: s_1.x was called with ${complaint}`));
  });
});
