// How those who do something by the admin API are called. Pure.

/** Their name, or what else is known of them. */
export function nameOfActor({ id, name }: { id: string; name: string | null }): string {
  return name ?? (id === "secret" ? "Worker secret" : id);
}
