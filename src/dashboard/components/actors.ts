// How those who do something by the admin API are called. Pure.

/** Their name, or what else is known of them; null where a release did not note who it was. */
export function nameOfActor(actor: { id: string; name: string | null } | null): string {
  if (actor === null) return "not noted";
  return actor.name ?? (actor.id === "secret" ? "Worker secret" : actor.id);
}
