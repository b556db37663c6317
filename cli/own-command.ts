// How somebody in a folder calls this command: what is printed to be pasted has to work there.

import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** `npx signalbox` within Signalbox and where it is installed, elsewhere the path of this clone's command. */
export function ownCommand(folder: string): string {
  const isWithin = !relative(ROOT, folder).startsWith("..");
  if (isWithin || existsSync(join(folder, "node_modules/.bin/signalbox"))) return "npx signalbox";
  const bin = resolve(ROOT, "bin/signalbox.mjs");
  const path = relative(folder, bin);
  // From far away the whole path is easier to read than the way up.
  return path.startsWith("../../..") ? bin : path;
}
