// What this browser remembers of the first run: whether the steps are hidden, and which sendouts were examples of our own.

const HIDDEN_KEY = "signalbox-first-run-hidden";
const EXAMPLES_KEY = "signalbox-examples";

/** How many examples are remembered: those that can be among the newest sendouts. */
const REMEMBERED_MAX = 20;

/** Whether somebody has hidden the steps. */
export function isFirstRunHidden(): boolean {
  return localStorage.getItem(HIDDEN_KEY) !== null;
}

/** Hides them in this browser. */
export function hideFirstRun(): void {
  localStorage.setItem(HIDDEN_KEY, "yes");
}

/** The ids (`acc_…`) of examples that were sent from here. */
export function sentExamples(): ReadonlySet<string> {
  return new Set((localStorage.getItem(EXAMPLES_KEY) ?? "").split(" "));
}

/** Remembers one. */
export function rememberExample(acceptedId: string): void {
  const all = [...sentExamples(), acceptedId].slice(-REMEMBERED_MAX);
  localStorage.setItem(EXAMPLES_KEY, all.join(" "));
}
