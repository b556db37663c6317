// Who did something, as rows have it in two columns.

import * as v from "valibot";

/** Who did something. */
export const PersonSchema = v.object({
  /** A token's id, `secret` for the Worker secret, or whom Cloudflare Access vouches for. */
  id: v.string(),
  /** Whose token it was then. */
  name: v.nullable(v.string()),
});
export type Person = v.InferOutput<typeof PersonSchema>;

/** The two columns. */
export const PERSON_COLUMNS = { actor: v.nullable(v.string()), actor_name: v.nullable(v.string()) };

/** The person of two columns; null where nobody was noted. */
export function toPerson(actor: string | null, name: string | null): Person | null {
  return actor === null ? null : { id: actor, name };
}
