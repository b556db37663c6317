// What we use of Node's crypto, which workerd has: Web Crypto's hashes are asynchronous, one promise for each value. The
// types of all of Node would bring its globals along.

declare module "node:crypto" {
  interface Digest {
    update(text: string): Digest;
    digest(): Uint8Array;
  }
  export function createHash(algorithm: "sha256"): Digest;
  export function createHmac(algorithm: "sha256", key: string): Digest;
}
