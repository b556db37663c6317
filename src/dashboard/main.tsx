// Where the dashboard begins in a browser.

import { render } from "preact";

render(<p>Signalbox</p>, document.querySelector("#app") ?? document.body);
