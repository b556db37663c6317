// Light, dark, or as the system is. The choice is this browser's.

const KEY = "signalbox-theme";
const THEMES = ["light", "dark"] as const;

/** Takes over what was chosen earlier. */
export function applyTheme(): void {
  const chosen = localStorage.getItem(KEY);
  if (chosen === null) delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}

/** Light, then dark, then as the system is. */
export function nextTheme(): void {
  const index = THEMES.findIndex((theme) => theme === localStorage.getItem(KEY));
  const next = THEMES[index + 1];
  if (next === undefined) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  applyTheme();
}
