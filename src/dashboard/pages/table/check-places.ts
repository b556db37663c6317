// What the router has against a draft, brought to the form fields it is about. Pure.

import { placeInPart, type TableDocument } from "../../../routing/edit-table.ts";
import type { Issue } from "../../../issues.ts";
import { valueAt, type PartRef } from "./part.ts";

/** What a check found, and of which document. */
export interface Check {
  document: TableDocument;
  errors: readonly Issue[];
  warnings: readonly string[];
}

/** The errors that have not been edited away since: those where the document still says the same. */
export function standingErrors({ document, errors }: Check, now: TableDocument): Issue[] {
  if (document === now) return [...errors];
  return errors.filter(({ path }) => {
    const steps = path.split(".");
    return JSON.stringify(valueAt(document, steps)) === JSON.stringify(valueAt(now, steps));
  });
}

/** Those of one part, by their place in it. */
export function errorsInPart(document: TableDocument, { kind, id }: PartRef, errors: readonly Issue[]): Issue[] {
  return errors.flatMap(({ path, message }) => {
    const place = placeInPart(document, kind, id, path);
    return place === path ? [] : [{ path: place === "(root)" ? "" : place, message }];
  });
}

/** Those at a place and below it, by where they are in there. */
export function errorsBelow(errors: readonly Issue[], place: string): Issue[] {
  return errors.flatMap(({ path, message }) => {
    if (path === place) return [{ path: "", message }];
    return path.startsWith(`${place}.`) ? [{ path: path.slice(place.length + 1), message }] : [];
  });
}

/** What is said of a field and everything below it, in one text; undefined where nothing is. */
export function errorAt(errors: readonly Issue[], path: string): string | undefined {
  const found = errors.filter((error) => error.path === path || error.path.startsWith(`${path}.`));
  if (found.length === 0) return undefined;
  return found
    .map((error) => (error.path === path ? error.message : `${error.path.slice(path.length + 1)}: ${error.message}`))
    .join(" ");
}

/** The part that a place of the table is in; undefined for what is no part's. */
export function partAt(document: TableDocument, path: string): PartRef | undefined {
  const [kind, name = ""] = path.split(".");
  if (kind === "routes") {
    const id = document.routes[Number(name)]?.id;
    return id === undefined ? undefined : { kind, id };
  }
  return (kind === "inlets" || kind === "targets") && Object.hasOwn(document[kind], name)
    ? { kind, id: name }
    : undefined;
}
