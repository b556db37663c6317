// How the pages are built: the dashboard, and beside it the reference and the schemas that anybody may read. All of them
// are static assets, which the platform serves without the Worker.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const ROOT = fileURLToPath(new URL(".", import.meta.url));

/** Files that are served as they are, by their path below the origin. */
const SERVED: Readonly<Record<string, string>> = {
  "reference.html": "schema/reference.html",
  "reference/style.css": "scripts/reference/style.css",
  "schema/openapi.json": "schema/openapi.json",
  "schema/routing-table.json": "schema/routing-table.schema.json",
};

function serveFiles(): Plugin {
  return {
    name: "serve-files",
    async generateBundle() {
      for (const [fileName, path] of Object.entries(SERVED)) {
        this.emitFile({ type: "asset", fileName, source: await readFile(`${ROOT}${path}`) });
      }
    },
  };
}

/** The order of the layers, as styles/tokens.css has it. */
const LAYERS = "@layer reset,base,components,pages;";

/**
 * Says the order of the layers at the beginning of every style sheet: the one that a browser meets first decides it, and the
 * bundler puts those that pages share before the one that says it.
 */
function orderLayers(): Plugin {
  return {
    name: "order-layers",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const part of Object.values(bundle)) {
        if (part.type === "asset" && part.fileName.endsWith(".css")) part.source = `${LAYERS}${String(part.source)}`;
      }
    },
  };
}

export default defineConfig({
  root: `${ROOT}src/dashboard`,
  plugins: [serveFiles(), orderLayers()],
  build: {
    target: "es2023",
    // The Content Security Policy takes no data: URL for a font or a script, and images are few.
    assetsInlineLimit: 0,
    // What it adds to pages that load parts of themselves is for browsers that our target leaves out.
    modulePreload: { polyfill: false },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
