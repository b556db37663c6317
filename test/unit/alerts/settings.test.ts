import * as v from "valibot";
import { expect, it } from "vitest";
import { AlertSettingsSchema, NO_ALERTS } from "../../../src/alerts/settings.ts";

it("may say when people are told before it says who: without channels nobody is", () => {
  const quietHours = { from: "22:00", to: "07:00" };
  expect(v.parse(AlertSettingsSchema, { quietHours })).toEqual({ ...NO_ALERTS, quietHours });
  expect(NO_ALERTS.channels).toEqual({});
});
