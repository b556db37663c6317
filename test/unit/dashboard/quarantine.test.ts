import { describe, expect, it } from "vitest";
import { explainReason, QUARANTINE_REASONS } from "../../../src/dashboard/pages/quarantine/reasons.ts";
import { runEach, type Progress } from "../../../src/dashboard/pages/quarantine/run-each.ts";

describe("why something is in quarantine", () => {
  it.each(QUARANTINE_REASONS)("is said of %s with what helps", (reason, said) => {
    expect(explainReason(reason)).toEqual({ said, remedy: expect.stringMatching(/^[A-Z].+\.$/) });
  });

  it("is the code alone where a newer release has it, and where it is a name that every object has", () => {
    expect(explainReason("moon_in_the_way").said).toBe("moon_in_the_way");
    expect(explainReason("toString").said).toBe("toString");
    expect(explainReason(null).said).toBe("No reason was noted");
  });
});

describe("one thing done to many", () => {
  async function progressOf(ids: string[], act: (id: string) => Promise<unknown>, isStopped = () => false) {
    const told: Progress[] = [];
    await runEach(ids, act, (progress) => told.push(progress), isStopped);
    return told;
  }

  it("goes on after a refusal, and says whom it was about", async () => {
    const refusal = new Error("not understood");
    const told = await progressOf(["a", "b", "c"], async (id) => {
      if (id === "b") throw refusal;
    });
    expect(told.map(({ done }) => done)).toEqual([0, 1, 2, 3, 3]);
    expect(told.at(-1)).toEqual({ total: 3, done: 3, refused: [{ id: "b", error: refusal }], isOver: true });
    expect(told[1]?.refused).toEqual([]);
  });

  it("does one after the other, and none after it was stopped", async () => {
    const acted: string[] = [];
    const told = await progressOf(
      ["a", "b", "c"],
      async (id) => acted.push(id),
      () => acted.length === 2,
    );
    expect(acted).toEqual(["a", "b"]);
    expect(told.at(-1)).toMatchObject({ total: 3, done: 2, isOver: true });
  });

  it("is over at once where there is nothing to do", async () => {
    expect((await progressOf([], async () => {})).at(-1)).toMatchObject({ total: 0, done: 0, isOver: true });
  });
});
