// The self-test: a sendout of a type that Voucherify does not have, which every table leads to the echo target and to
// nothing else. So a router can be tried from its inlet to its log without touching anybody's target.

import { ECHO_URL } from "../delivery/echo.ts";
import { compileTable, type CompiledTable } from "./compile.ts";
import { DEFAULT_TABLE } from "./table.ts";

/** The event type of the self-test. */
export const SELF_TEST_TYPE = "signalbox.self_test";

/** The name of the echo target in the log. */
export const ECHO_TARGET = "signalbox-echo";

let compiled: CompiledTable | undefined; // the same for ever, made when it is first needed

/** The table by which an event is routed: the one in force, or for the self-test its own. */
export function tableFor(type: string, table: CompiledTable): CompiledTable {
  if (type !== SELF_TEST_TYPE) return table;
  compiled ??= compileSelfTest();
  return compiled;
}

function compileSelfTest(): CompiledTable {
  const result = compileTable({
    ...DEFAULT_TABLE,
    targets: {
      [ECHO_TARGET]: { request: { url: ECHO_URL, body: { type: "{{ type }}", nonce: "{{ nonce }}" } }, retry: [] },
    },
    routes: [{ id: "signalbox-self-test", events: [SELF_TEST_TYPE], to: [ECHO_TARGET] }],
  });
  if (!result.ok) throw new Error(`the table of the self-test is not valid: ${result.issues[0]?.path}`);
  return result.value;
}
