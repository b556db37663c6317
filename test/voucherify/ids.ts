// Ids in the vendor's form. They are random; nothing in the sender depends on which.

/** An id: its prefix (`whs_`, `evred_`, `v-`) and 18 hexadecimal digits. */
export function createId(prefix: string): string {
  const digits = crypto.getRandomValues(new Uint8Array(9));
  return prefix + Array.from(digits, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
