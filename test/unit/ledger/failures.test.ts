// Deliveries that ended badly, as incidents: grouped by target, cause and shape of message, counted once however they are
// written, and free of whatever the target said of a customer.

import { beforeEach, describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/ledger/deliveries.ts";
import { listIncidents, resolveIncident, type Incident } from "../../../src/ledger/incidents.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { messageShape } from "../../../src/ledger/message-shape.ts";
import { endQuiet, FAILURES_OVER_MS } from "../../../src/ledger/recoveries.ts";
import { recordEntries, writeEntries } from "../../../src/ledger/record.ts";
import { brokenD1, createBindings, workingD1 } from "../faults.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { startOver } from "../start-over.ts";

beforeEach(startOver);

let made = 0;

/** A delivery to `crm` that the target refused for good, so many milliseconds after `SENT_AT`. */
function failure(changed: Partial<Outcome> = {}, said = "Phone +49 170 1234567 is invalid", status = 422): Outcome {
  const updatedAt = changed.updatedAt ?? SENT_AT;
  return {
    sendoutId: `so_${(++made).toString(16).padStart(32, "0")}`,
    target: "crm",
    copy: 0,
    route: "all",
    state: "failed",
    reason: "target_rejected",
    round: 0,
    attemptsMade: 1,
    attemptsBefore: 0,
    updatedAt,
    dueAt: null,
    sweepAt: null,
    attempt: { at: updatedAt - made, ms: 12, status, reason: "target_rejected", excerpt: said },
    request: "raw:e30=",
    ...changed,
  };
}

async function write(...outcomes: Outcome[]): Promise<number> {
  const db = workingD1();
  await writeEntries(
    db,
    outcomes.map((outcome) => ({ kind: "outcome", outcome })),
  );
  return db.rowsWritten;
}

async function failed(): Promise<Incident[]> {
  return (await listIncidents(workingD1())).filter(({ kind }) => kind === "deliveries_failed");
}

describe("failures of one target", () => {
  it("are one incident where only ids, numbers and addresses differ", async () => {
    for (let batch = 0; batch < 10; batch++) {
      const outcomes = Array.from({ length: 40 }, (_, index) =>
        failure({}, `{"error":"customer crm-${batch}${index} <ada.${index}@example.com> has an invalid phone"}`),
      );
      await write(...outcomes);
    }
    expect(await failed()).toMatchObject([
      {
        count: 400,
        target: "crm",
        cause: { reason: "target_rejected", status: 422, message: "error customer … has an invalid phone" },
      },
    ]);
  });

  it("say nothing of what the target repeats of its request, and nothing at all where that is not at hand", async () => {
    const said = "no contact mira halvorsen in this list";
    const request =
      '{"method":"POST","url":["https://crm.example.com/"],"headers":[],"body":["{\\"name\\":\\"Mira Halvorsen\\"}"]}';
    await write(failure({ request: `raw:${btoa(request)}` }, said), failure({ request: "claim:clm_1:200000" }, said));
    const messages = (await failed()).map(({ cause }) => cause?.message);
    expect(new Set(messages)).toEqual(new Set(["", "no contact … in this list"]));
  });

  it("are two where their causes are two: another status, or another message", async () => {
    await write(failure(), failure({}, "Phone 12 is invalid", 400), failure({}, "Rate plan is missing"), failure());
    const found = (await failed()).map(({ count, cause }) => `${count} ${cause?.status} ${cause?.message}`);
    expect(found.toSorted()).toEqual(["1 400 … is invalid", "1 422 … plan is missing", "2 422 … is invalid"]);
  });

  it("cost three rows for each incident and batch, not for each failure", async () => {
    await write(failure());
    // Each failed delivery has its row and an entry in the index of what did not come through.
    expect(await write(...Array.from({ length: 40 }, () => failure()))).toBe(40 * 2 + 3);
  });

  it("are no more than twenty-one, whatever it answers", async () => {
    const letters = "a b c d e f g h i j k l m n o p q r s t u v w x y z".split(" ");
    for (const letter of letters) await write(failure({}, `no ${letter.repeat(4)} today`));
    expect(await failed()).toHaveLength(21);
    expect((await failed()).find(({ subject }) => subject === "crm.other")).toMatchObject({ count: 6 });
  });
});

describe("a failure that is written again", () => {
  it("counts once, and one of a later round once more", async () => {
    const one = failure();
    await write(one);
    await write(one, { ...one });
    expect(await failed()).toMatchObject([{ count: 1 }]);
    await write({ ...one, round: 1, attemptsMade: 2, attempt: { at: SENT_AT + 5, ms: 1, status: 422 } });
    expect((await failed()).reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });

  it("counts once though D1 took it without saying so and it came out of LATE again", async () => {
    const outcomes = [failure(), failure(), failure()];
    const LEDGER = brokenD1({ when: (sql) => sql.includes("INTO deliveries"), fault: "after" });
    const env = createBindings({ LEDGER });
    await recordEntries(
      env,
      outcomes.map((outcome) => ({ kind: "outcome", outcome })),
    );
    const late = env.LATE.messages.map((body) => createMessage(body));
    expect(late).toHaveLength(3);
    await consumeLate(createBatch(late), createBindings());
    expect(await failed()).toMatchObject([{ count: 3 }]);
  });

  it("is counted when it comes late, and reopens nothing that was resolved after it", async () => {
    await write(failure());
    const [incident] = await failed();
    await resolveIncident(workingD1(), incident as Incident, SENT_AT + 100); // there is one
    await write(failure({ updatedAt: SENT_AT + 50 }));
    expect(await failed()).toMatchObject([{ count: 2, resolvedAt: SENT_AT + 100 }]);
    await write(failure({ updatedAt: SENT_AT + 101 }));
    expect(await failed()).toMatchObject([{ count: 1, openedAt: SENT_AT + 101, resolvedAt: null }]);
  });
});

describe("failures are over", () => {
  const delivered = (updatedAt: number) =>
    failure({ state: "delivered", reason: null, updatedAt, attempt: { at: updatedAt, ms: 3, status: 200 } });
  const after = async (ms: number) => {
    await endQuiet(workingD1(), SENT_AT + ms).run();
    return (await failed())[0]?.resolvedBy;
  };

  it("when none has come for an hour and the target has taken something since", async () => {
    await write(failure());
    await write(delivered(SENT_AT + 1_000));
    expect(await after(FAILURES_OVER_MS - 1)).toBeNull();
    expect(await after(FAILURES_OVER_MS)).toBe("itself");
  });

  it("but not while the target has taken nothing, nor something before the last of them", async () => {
    await write(failure());
    expect(await after(2 * FAILURES_OVER_MS)).toBeNull();
    await write(delivered(SENT_AT + 1_000));
    await write(failure({ updatedAt: SENT_AT + 2_000 }));
    expect(await after(2 * FAILURES_OVER_MS)).toBeNull();
  });
});

describe("messageShape", () => {
  it.each([
    ["", ""],
    ["Voucher AUTUMN-15-K7QP was already redeemed", "… was already redeemed"],
    ['{"errors":[{"code":"INVALID_PHONE","field":"phone_number"}]}', "errors code … field phone_number"],
    ["no account for ada@example.com at https://crm.example.com/a?b=c.", "no account for … at …"],
    ["Mira Halvorsen is not a member since 2026-10-05", "… is not a member since …"],
    ["a".repeat(25), "…"],
  ])("of %j is %j", (message, shape) => {
    expect(messageShape(message)).toBe(shape);
  });

  it("has sixteen words at most", () => {
    expect(messageShape("so ".repeat(500)).split(" ")).toHaveLength(16);
  });
});
