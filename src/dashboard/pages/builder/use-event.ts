// The event that is looked at: which fields its type has, the sendouts of it that were logged, and the values of the one
// that is chosen.

import { useQuery } from "@tanstack/preact-query";
import { useMemo } from "preact/hooks";
import * as v from "valibot";
import { admin, answerOf } from "../../api/admin.ts";
import { fieldsWith, type EventField, type Looked } from "./field-rows.ts";

/** How many logged sendouts can be chosen from: the newest. */
const LOGGED_MAX = 20;

/** What is looked at, as the address has it. */
export interface Chosen {
  event: string;
  /** A logged sendout; empty for the example of the catalogue. */
  sendout: string;
  isRevealed: boolean;
}

/** Everything about the chosen event. */
export function useEvent({ event, sendout, isRevealed }: Chosen) {
  const described = useQuery({
    queryKey: ["events", event],
    queryFn: async ({ signal }) =>
      answerOf(admin.events[":type"].$get({ param: { type: event }, query: {} }, { init: { signal } })),
    enabled: event !== "",
    staleTime: Number.POSITIVE_INFINITY,
    // A type that nobody has described: the envelope is all that is known of it.
    retry: false,
  });
  const logged = useQuery({
    queryKey: ["sendouts", { event, limit: String(LOGGED_MAX) }],
    queryFn: async ({ signal }) =>
      answerOf(admin.sendouts.$get({ query: { event, limit: String(LOGGED_MAX) } }, { init: { signal } })),
    enabled: event !== "",
  });
  const whole = useQuery({
    queryKey: ["sendouts", sendout, { isRevealed }],
    queryFn: async ({ signal }) => {
      const query = isRevealed ? { reveal: "true" as const } : {};
      return answerOf(admin.sendouts[":id"].$get({ param: { id: sendout }, query }, { init: { signal } }));
    },
    enabled: sendout !== "",
  });
  const example = described.data?.examples["v2024-01-01"] ?? described.data?.examples["v2018-08-01"] ?? undefined;
  const looked = useMemo(
    () => (sendout === "" ? lookInto(example) : lookInto(readJson(whole.data?.payload.content))),
    [sendout, example, whole.data],
  );
  const fields: readonly EventField[] = useMemo(
    () => fieldsWith(described.data?.fields ?? [], looked),
    [described.data, looked],
  );
  return { described, logged: logged.data?.sendouts ?? [], whole, fields, looked };
}

/** The envelope of v2024-01-01: what expressions read, unless their target asks for another form. */
const EnvelopeSchema = v.looseObject({
  data: v.record(v.string(), v.unknown()),
  source: v.unknown(),
  event: v.unknown(),
});

/** Values of any other form would stand beside the wrong fields. */
function lookInto(envelope: unknown): Looked | undefined {
  const parsed = v.safeParse(EnvelopeSchema, envelope);
  return parsed.success ? { envelope: parsed.output, data: parsed.output.data } : undefined;
}

function readJson(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? "null") as unknown;
  } catch {
    return undefined; // what is no JSON has no fields
  }
}
