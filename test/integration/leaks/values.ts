// What must be found nowhere: a distinctive value for every kind of secret there is, and everything personal of one made-up
// customer. Each secret's beginning and end are looked for by themselves, so that half of one is a find as well.

import { createHash, generateKeyPairSync } from "node:crypto";

/** Something to look for. */
export interface Sought {
  name: string;
  /** Texts that no chance makes, any of which gives it away. Bytes where it is no text. */
  traces: (string | Buffer)[];
}

/** Letters and digits that look like chance and are the same in every run. */
export function traceOf(name: string): string {
  const letters = createHash("sha512")
    .update(name)
    .digest("base64")
    .replaceAll(/[^A-Za-z0-9]/g, "");
  return letters.slice(0, 20);
}

/** A secret with signs in its middle that JSON, URLs, HTML and forms have to escape. */
function withSigns(name: string): string {
  return `${traceOf(`${name}, beginning`)}/+"&=<'~${traceOf(`${name}, end`)}`;
}

/** A secret of letters and digits, for places that take nothing else. */
function plain(name: string): string {
  return traceOf(`${name}, beginning`) + traceOf(`${name}, end`);
}

function bytesOf(name: string): Buffer {
  return createHash("sha256").update(name).digest();
}

function whsec(name: string): string {
  return `whsec_${bytesOf(name).toString("base64")}`;
}

const rsa = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
}).privateKey;

const MASTER_KEYS = { old: bytesOf("master key, old"), new: bytesOf("master key, new") };

/** The Worker's secrets. */
export const WORKER_SECRETS = {
  SIGNALBOX_ADMIN_TOKEN: plain("admin token"),
  SIGNALBOX_SEARCH_KEY: plain("search key"),
  SIGNALBOX_MASTER_KEYS: JSON.stringify({
    active: "new",
    keys: Object.fromEntries(Object.entries(MASTER_KEYS).map(([id, bytes]) => [id, bytes.toString("base64")])),
  }),
  VOUCHERIFY_SECRET: withSigns("signing secret"),
  SHOP_PATH_TOKEN: plain("path token"),
  SHOP_HEADER: plain("inlet header"),
  BEARER_KEY: withSigns("bearer"),
  BASIC_PASSWORD: withSigns("basic"),
  HEADER_KEY: withSigns("header"),
  QUERY_KEY: withSigns("query"),
  TEMPLATE_KEY: withSigns("template"),
  PATH_KEY: plain("path"),
  HMAC_KEY: withSigns("hmac"),
  WEBHOOK_KEY: whsec("standard webhooks"),
  OAUTH_ID: withSigns("oauth client id"),
  OAUTH_SECRET: withSigns("oauth client secret"),
  GOOGLE_KEY: JSON.stringify({ type: "service_account", client_email: "robot@lantern.example", private_key: rsa }),
  AWS_ID: plain("aws id"),
  AWS_KEY: withSigns("aws key"),
  AWS_SESSION: withSigns("aws session"),
  LONG_KEY: plain("long").repeat(40),
  MANAGEMENT_ID: plain("management id"),
  MANAGEMENT_TOKEN: plain("management token"),
  ALERTS_KEY: whsec("alerts"),
  SLACK_PATH: `T0/${plain("slack")}`,
};

/** Secrets of the vault: what is set first, and what takes its place. */
export const VAULT_VALUES = { first: withSigns("vault, first"), second: withSigns("vault, second") };

/** The tokens that token endpoints give. */
export const FETCHED_TOKENS = { oauth: plain("oauth token"), google: plain("google token") };

/** A value that somebody puts where the name of a secret belongs, or shows as a token although it is none. */
export const MISPLACED = withSigns("misplaced");

/** Every secret there is before the run; it makes some more. */
export function secretsBefore(): Sought[] {
  const { SIGNALBOX_MASTER_KEYS: _keys, GOOGLE_KEY: _google, ...others } = WORKER_SECRETS;
  const values = {
    ...others,
    "vault value, first": VAULT_VALUES.first,
    "vault value, second": VAULT_VALUES.second,
    "fetched token, OAuth": FETCHED_TOKENS.oauth,
    "fetched token, Google": FETCHED_TOKENS.google,
    "misplaced value": MISPLACED,
  };
  const keyLines = rsa.split("\n");
  return [
    ...Object.entries(values).map(([name, value]) => secret(name, value)),
    ...Object.entries(MASTER_KEYS).map(([id, bytes]) => ({
      name: `master key, ${id}`,
      traces: [bytes.toString("base64"), bytes],
    })),
    { name: "GOOGLE_KEY", traces: keyLines.slice(2, 8) },
  ];
}

/** A secret, known by its first and its last twenty characters. */
export function secret(name: string, value: string): Sought {
  const bare = value.replace(/^(whsec_|T0\/|sbx_)/, "");
  return { name, traces: [bare.slice(0, 20), bare.slice(-20)] };
}

/** The customer of the run, and the voucher. */
export const CUSTOMER = {
  email: "reader.k7731@lantern-mail.example",
  phone: "+48600731944",
  name: "Zenobia Quillfeather",
  code: "LANTERN-7QXW-V3KD",
  /** In the free text of a campaign alone. */
  label: "card-owner.k7731@lantern-mail.example",
};

/** What is personal of them. */
export const PERSONAL: Sought[] = [
  { name: "e-mail", traces: [CUSTOMER.email, "reader.k7731"] },
  { name: "phone", traces: [CUSTOMER.phone, CUSTOMER.phone.slice(1), "600731944"] },
  { name: "name", traces: [CUSTOMER.name, "Quillfeather", "quillfeather"] },
  { name: "label", traces: [CUSTOMER.label] },
  { name: "voucher code", traces: [CUSTOMER.code, "7QXW-V3KD"] },
];
