import { describe, expect, it } from "vitest";
import { identifySendout } from "../../../src/routing/identify.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";

async function identify(parts: object, inlet = "voucherify") {
  const body = bytes(JSON.stringify({ ...createSendout(), ...parts }));
  return identifySendout(inlet, body, normalise(body));
}

describe("identifySendout", () => {
  it("gives the same sendout the same id, and another at another inlet", async () => {
    const first = await identify({ id: "whs_1", created_at: "2026-10-05T08:15:30.250Z" });
    const again = await identify({ id: "whs_1", created_at: "2026-10-05T08:15:31.250Z" });
    expect(again.id).toBe(first.id);
    expect(again.bodySha256).not.toBe(first.bodySha256);
    expect((await identify({ id: "whs_1" }, "staging")).id).not.toBe(first.id);
    expect(first).toMatchObject({ id: expect.stringMatching(/^so_[0-9a-f]{32}$/), dedupeKey: "proj_lantern:whs_1" });
  });

  it("keeps no key of any length that a sender likes, and still tells long ones apart", async () => {
    const long = "x".repeat(100_000);
    const [one, same, other] = [
      await identify({ id: long }),
      await identify({ id: long }),
      await identify({ id: `${long}y` }),
    ];
    expect(one.dedupeKey).toMatch(/^hash:[0-9a-f]{64}$/);
    expect(same.dedupeKey).toBe(one.dedupeKey);
    expect(other.dedupeKey).not.toBe(one.dedupeKey);
  });
});
