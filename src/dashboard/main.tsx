// Where the dashboard begins in a browser. The styles come first: the order of their layers does.

import "./styles/tokens.css";
import "./styles/base.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { reloadWhenGone } from "./frame/newer-version.ts";
import { applyTheme } from "./frame/theme.ts";

reloadWhenGone();
applyTheme();
const place = document.querySelector("#app");
if (place !== null) render(<App />, place);
