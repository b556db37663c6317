// Time as the sender sees it. It is given, never taken from the machine, so that a day of retries takes a moment.

/** Says what time it is, in milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** A clock that stands still until it is set. */
export interface ManualClock extends Clock {
  set(instant: number): void;
}

/** What has things to do at known times. */
interface Timetable {
  nextDueAt(): number | undefined;
  runDue(): Promise<void>;
}

/** A clock that shows `start`, in milliseconds since 1970, until it is set to a later time. */
export function createManualClock(start: number): ManualClock {
  let current = start;
  return {
    now: () => current,
    set: (instant) => {
      if (instant < current) throw new RangeError("a clock does not go back");
      current = instant;
    },
  };
}

/** Lets time pass until an instant and has everything done on the way, each at its own time. */
export async function advanceTo(instant: number, clock: ManualClock, timetable: Timetable): Promise<void> {
  for (let due = timetable.nextDueAt(); due !== undefined && due <= instant; due = timetable.nextDueAt()) {
    clock.set(Math.max(due, clock.now()));
    await timetable.runDue();
  }
  clock.set(instant);
}
