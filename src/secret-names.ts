// The names of secrets: what they look like, and which are not to be sent anywhere.

/** The Worker secret that opens the admin API. There is no default. */
export const ADMIN_TOKEN_NAME = "SIGNALBOX_ADMIN_TOKEN";

/** The Worker secret with the vault's master keys. */
export const MASTER_KEYS_NAME = "SIGNALBOX_MASTER_KEYS";

/**
 * The Worker secret with the keys of what personal values are searched by: divided by commas, the first one for what
 * arrives from now on.
 */
export const SEARCH_KEY_NAME = "SIGNALBOX_SEARCH_KEY";

/** The Worker secret of the inlet that exists before any routing table was published. */
export const DEFAULT_INLET_SECRET_NAME = "VOUCHERIFY_SECRET";

/** Secret names look like environment variables: capitals, digits and underscores. */
export const SECRET_NAME_PATTERN = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Names that belong to Signalbox and may never be sent to a target. */
export function isReservedSecretName(name: string): boolean {
  return name.startsWith("SIGNALBOX_") || name === DEFAULT_INLET_SECRET_NAME;
}
