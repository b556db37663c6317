// What a draft makes of a delivery, in words.

import type { Fate } from "../../../routing/compare-tables.ts";
import type { Mood } from "../../components/badge.tsx";

export const FATE_WORDS: Readonly<Record<Fate, { title: string; mood: Mood }>> = {
  same: { title: "Same", mood: "calm" },
  changed: { title: "Changed", mood: "info" },
  newlyRouted: { title: "New", mood: "good" },
  dropped: { title: "Gone", mood: "warn" },
  newlyFailing: { title: "Newly failing", mood: "bad" },
  repaired: { title: "Repaired", mood: "good" },
  failing: { title: "Failing as before", mood: "calm" },
};

/** In the order of the table's columns; each of them once. */
export const FATES_SHOWN = Object.keys(FATE_WORDS) as Fate[]; // the keys of its type
