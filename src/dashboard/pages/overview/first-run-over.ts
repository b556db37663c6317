// Whether there is nothing left to say of the first run's steps.

const HIDDEN = "signalbox-first-run-hidden";
const DONE = "signalbox-first-run-done";

/** Whether somebody has hidden the steps in this browser, or all were seen done in this tab. */
export function isFirstRunOver(): boolean {
  return localStorage.getItem(HIDDEN) !== null || sessionStorage.getItem(DONE) !== null;
}

/** Hides them in this browser. */
export function hideFirstRun(): void {
  localStorage.setItem(HIDDEN, "yes");
}

/** Notes that all are done. For this tab alone: behind the same address there may be another router tomorrow. */
export function noteFirstRunDone(): void {
  sessionStorage.setItem(DONE, "yes");
}
