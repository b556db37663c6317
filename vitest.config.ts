import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { buildPages } from "./cli/local/pages.ts";

/**
 * Unit tests of code that keeps nothing: no storage, no state between calls, and every fake clock or spy is put back. They
 * share one isolate, which saves each file the start of a workerd and the loading of its modules, two to three seconds.
 * A test that is not listed is in the project unit-storage: it has an isolate and a storage of its own.
 */
const PURE = [
  "test/unit/{voucherify,translation,recipes,masking}/**/*.test.ts",
  "test/unit/delivery/{address,answer,authentication,conclude,decide,judge,limited,schedule,scrub}.test.ts",
  "test/unit/delivery/gate/{breaker,failures-in-a-row,gate,limits,rate-headers}.test.ts",
  "test/unit/routing/{check-table,compile,compile-bodies,compile-parts,compile-secrets,compile-target,compile-target-settings,filter,identify,inlet-requirements,match}.test.ts",
  "test/unit/routing/{order,render-delivery,route-sendout,secret-uses,table-reads,wanted-events}.test.ts",
  "test/unit/upstream/{client,settings,spelling,webhook-plan}.test.ts",
  "test/unit/routing/{compare-tables,diff-tables}.test.ts",
  "test/unit/vault/{envelope,master-keys}.test.ts",
  "test/unit/alerts/{settings,write-message}.test.ts",
  "test/unit/ledger/{request-words,retention-settings}.test.ts",
  "test/unit/shards/shards.test.ts",
  "test/unit/dashboard/**/*.test.ts",
];

function worker() {
  return cloudflareTest({
    wrangler: { configPath: "./wrangler.toml" },
    miniflare: {
      r2Buckets: ["TEST_BUCKET"],
      d1Databases: ["TEST_LEDGER_2", "TEST_LEDGER_3"],
      bindings: {
        SIGNALBOX_ADMIN_TOKEN: "test-admin-token",
        VOUCHERIFY_SECRET: "test-signing-secret",
        SIGNALBOX_LOCAL_TARGETS: "allow",
      },
    },
  });
}

await buildPages(); // wrangler.toml names their folder, which has to be there before it is read

export default defineConfig({
  test: {
    // The line that a batch writes; a day's outage has thousands.
    onConsoleLog: (log) => !log.startsWith('{"event":"batch"'),
    projects: [
      { plugins: [worker()], test: { name: "unit", include: PURE, isolate: false } },
      { plugins: [worker()], test: { name: "unit-storage", include: ["test/unit/**/*.test.ts"], exclude: PURE } },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // After all others, one file after another: a page that waits for a busy machine looks like one that is broken.
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
