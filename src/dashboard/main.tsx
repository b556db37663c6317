// Where the dashboard begins in a browser. The styles come first: the order of their layers does.

import "./styles/tokens.css";
import "./styles/base.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { applyTheme } from "./frame/theme.ts";

// A part of the program that is gone, because another version was deployed since the page was opened: the new one has it.
addEventListener("vite:preloadError", () => location.reload());

applyTheme();
const place = document.querySelector("#app");
if (place !== null) render(<App />, place);
