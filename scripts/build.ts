// `npm run build`: the pages, as static assets in dist/pages. `wrangler deploy` runs it by itself.

import { buildPages } from "../cli/local/pages.ts";

await buildPages();
