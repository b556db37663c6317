// Makes the OpenAPI document from Node.

import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_readConfig as readConfig } from "wrangler";
import { bundleWorker } from "../../cli/local/bundle.ts";
import type { OpenApi } from "../reference/document.ts";

/**
 * Makes the document in a workerd of its own.
 *
 * @throws when a call is not described; the message says which
 */
export async function generateOpenApi(): Promise<OpenApi> {
  process.env["WRANGLER_LOG"] ??= "error"; // it would announce each file it reads
  const { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags } = readConfig({
    config: "wrangler.toml",
  });
  const contents = await bundleWorker("scripts/openapi/worker.ts");
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      log: new Log(LogLevel.NONE),
      telemetry: { enabled: false },
      workers: [
        {
          name: "openapi",
          ...(compatibilityDate !== undefined && { compatibilityDate }),
          compatibilityFlags,
          modules: [{ type: "ESModule", path: "index.js", contents }],
        },
      ],
    }),
  );
  try {
    const response = await miniflare.dispatchFetch("http://openapi.invalid/");
    const text = await response.text();
    if (!response.ok) throw new Error(`the document could not be made: ${text}`);
    return JSON.parse(text) as OpenApi; // what document.ts has made
  } finally {
    await miniflare.dispose();
  }
}
