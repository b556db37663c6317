// Whether somebody wants nothing of the first run's steps in this browser.

const KEY = "signalbox-first-run-hidden";

/** Whether somebody has hidden the steps. */
export function isFirstRunHidden(): boolean {
  return localStorage.getItem(KEY) !== null;
}

/** Hides them in this browser. */
export function hideFirstRun(): void {
  localStorage.setItem(KEY, "yes");
}
