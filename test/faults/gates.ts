// The gates' objects: the real gate of each account, with what it saves kept when its object is moved.

import type { SavedGate } from "../../src/delivery/gate/admission.ts";
import { createGate, type Gate } from "../../src/delivery/gate/gate.ts";

export class Gates {
  readonly #kept = new Map<string, { gate: Gate; saved: SavedGate | undefined }>();

  /** The gate of an account, which saves what must not be forgotten before it answers. */
  of(account: string): Pick<Gate, "admit" | "report"> {
    const kept = this.#kept.get(account) ?? { gate: createGate(), saved: undefined };
    this.#kept.set(account, kept);
    const saving = <T>(value: T): T => {
      if (kept.gate.unsaved === "transition") kept.saved = structuredClone(kept.gate.save());
      return value;
    };
    return {
      admit: (...args) => saving(kept.gate.admit(...args)),
      report: (...args) => saving(kept.gate.report(...args)),
    };
  }

  /** Its object was moved: what was in memory is gone. */
  forget(account: string): void {
    const saved = this.#kept.get(account)?.saved;
    this.#kept.set(account, { gate: createGate(saved), saved });
  }
}
