// Everything that a router has written, said or shown, by the place where it was.

/** Something on record. */
export interface Entry {
  where: string;
  what: string | Uint8Array;
}

/** A place, with how much was looked at there, in bytes or characters, and what was found. */
export interface Place {
  looked: number;
  found: string[];
}

/** What people and programs were answered, by what they may see of payloads. */
export const ANSWERS = {
  revealed: "answers, revealed",
  masked: "answers, masked",
  hidden: "answers, without payload",
  sender: "answers to senders",
} as const;

/** What the command line printed and wrote. */
export const COMMANDS = { revealed: "commands, revealed", masked: "commands, masked" } as const;

export const LOG = "log lines";
export const QUEUES = "queue messages";
export const ALERTS = "alerts";

/** A record to add to. */
export interface Recording {
  entries: Entry[];
  add: (where: string, what: string | Uint8Array) => void;
}

/** Starts a record. */
export function createRecording(): Recording {
  const entries: Entry[] = [];
  return { entries, add: (where, what) => void entries.push({ where, what }) };
}

/** Which of the values were found, by place; every place that is on record has its line. */
export function findByPlace(
  entries: readonly Entry[],
  find: (what: string | Uint8Array) => string[],
): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const { where, what } of entries) {
    const place = places.get(where) ?? { looked: 0, found: [] };
    place.looked += what.length;
    place.found = [...new Set([...place.found, ...find(what)])];
    places.set(where, place);
  }
  return places;
}
