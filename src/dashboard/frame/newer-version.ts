// What happens when a part of the program cannot be loaded: mostly another version was deployed since the page was opened, and
// the parts of the old one are gone.

const KEY = "signalbox-reloaded-at";

/** How long after a reload none follows, in milliseconds: where the new page cannot load it either, another would not help. */
const ONCE_IN_MS = 60_000;

/** Loads the page anew when a part of it is gone, as Vite tells (https://vite.dev/guide/build#load-error-handling). */
export function reloadWhenGone(): void {
  addEventListener("vite:preloadError", () => {
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - last < ONCE_IN_MS) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
  });
}
