// The header by which an answer of the admin API is known; the command line reads it too.

/** It has the router's release. */
export const VERSION_HEADER = "signalbox-version";
