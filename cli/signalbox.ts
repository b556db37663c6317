// The `signalbox` command as Node runs it: a process of its own, whose arguments and streams the program works on.

import { runSignalbox } from "./program.ts";

// Whoever reads our output may stop before its end: `signalbox events | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));

await runSignalbox(process.argv.slice(2));
