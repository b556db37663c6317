// What every kind of authentication works with: the request as it will be sent, and what it adds to it. Pure.

/** A request before its proof. */
export interface Draft {
  method: string;
  url: URL;
  /** Names in lowercase. */
  headers: readonly (readonly [name: string, value: string])[];
  /** As it will be sent; empty where there is none. */
  body: string;
  /** The delivery's id. */
  id: string;
}

/** What a proof adds to a request. */
export interface Proof {
  /** Names in lowercase. */
  headers: [name: string, value: string][];
  /** Parameters behind the URL's query. */
  query?: [name: string, value: string][];
  /** Every value in it that must not be seen again. */
  sensitive: string[];
}

/** What a proof is made with. */
export interface ProofInputs {
  /** Resolves a name to its value; called only for names from `authenticationSecrets`. */
  secret: (name: string) => string;
  /** The attempt's time, in milliseconds since 1970. */
  now: number;
}

/** A secret whose value is not of the form that its use asks for. The message never has the value. */
export class SecretFormError extends Error {
  override name = "SecretFormError";
}

/** Text in UTF-8, in bytes of its own. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

/** Bytes of base64 with or without padding, in either alphabet; undefined when it is not. */
export function readBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  try {
    return new Uint8Array(Uint8Array.fromBase64(plain));
  } catch {
    return undefined;
  }
}
