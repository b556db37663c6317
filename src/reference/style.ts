// The reference page's stylesheet: light and dark as the reader's system is, from a phone to a wide screen.

export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1c2024, #e3e6ea);
  --quiet: light-dark(#5c6670, #9aa4af);
  --ground: light-dark(#ffffff, #14171a);
  --raised: light-dark(#f4f6f8, #1d2125);
  --line: light-dark(#dde2e7, #2f353b);
  --link: light-dark(#0b5cad, #7fb8f0);
  --get: light-dark(#17663a, #74cf98);
  --put: light-dark(#8a5200, #e9b45f);
  --post: light-dark(#0b5cad, #7fb8f0);
  --delete: light-dark(#a8232b, #f0908f);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0;
  color: var(--ink);
  background: var(--ground);
  font: 16px/1.55 system-ui, sans-serif;
}
a { color: var(--link); text-decoration-thickness: from-font; }
code, pre { font: 0.875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
p code, td code { padding: 0.05em 0.3em; border-radius: 4px; background: var(--raised); }
main { max-width: 62rem; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0 0 0.5rem; font-size: 1.9rem; line-height: 1.2; }
section { margin-top: 3rem; }
section > h2 { margin: 0; padding-bottom: 0.25rem; border-bottom: 1px solid var(--line); font-size: 1.45rem; }
article { margin-top: 2.25rem; }
h3 { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 0.75rem; margin: 0; font-size: 1.05rem; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
h4 { margin: 1.25rem 0 0.4rem; font-size: 0.95rem; }
p { margin: 0.4rem 0; max-width: 46rem; }
b.get { color: var(--get); }
b.put, b.patch { color: var(--put); }
b.post { color: var(--post); }
b.delete { color: var(--delete); }
.scope {
  padding: 0 0.5em;
  border: 1px solid var(--line);
  border-radius: 1em;
  color: var(--quiet);
  font-size: 0.8rem;
  font-weight: normal;
}
.table { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
tr + tr { border-top: 1px solid var(--line); }
th, td { padding: 0.4rem 0.7rem; text-align: left; vertical-align: top; font-weight: normal; overflow-wrap: break-word; }
th { width: 30%; }
td:nth-child(2) { width: 22%; color: var(--quiet); }
dt { font-weight: 600; }
dd { margin: 0 0 0.5rem; max-width: 46rem; }
th i { color: var(--quiet); font-size: 0.85em; }
pre {
  overflow: auto;
  max-height: 28rem;
  margin: 0.6rem 0;
  padding: 0.7rem 0.9rem;
  border-radius: 6px;
  background: var(--raised);
}
.refusal { display: flex; gap: 0.9rem; margin: 0.3rem 0; }
.refusal p { margin: 0 0 0.2rem; }
nav { padding: 1rem; border-bottom: 1px solid var(--line); font-size: 0.875rem; }
nav p { margin: 0; font-weight: 600; }
nav h2 { margin: 0.9rem 0 0.15rem; font-size: 0.875rem; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav li a { display: flex; gap: 0.6em; padding: 0.15rem 0; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
nav li a:hover { text-decoration: underline; }
nav b { flex: 0 0 4.4em; font-size: 0.75rem; line-height: 1.7; }
@media (width < 60rem) {
  nav ul { display: none; }
  nav h2 { display: inline-block; margin: 0.4rem 0.75rem 0 0; font-weight: normal; }
  th, td, tr { display: block; width: auto; }
  td:nth-child(2) { width: auto; }
  th { padding-bottom: 0; }
  td { padding-top: 0; padding-bottom: 0.15rem; }
  td:last-child { padding-bottom: 0.4rem; }
  td:empty { display: none; }
}
@media (width >= 60rem) {
  body { display: grid; grid-template-columns: 19rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; border-right: 1px solid var(--line); border-bottom: 0; }
  main { padding: 2rem 3rem 6rem; }
}
`;
