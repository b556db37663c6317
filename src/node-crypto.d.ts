// What we use of Node's crypto, which workerd has: Web Crypto's hashes are asynchronous, one promise for each value. The
// types of all of Node would bring its globals along.

declare module "node:crypto" {
  interface Hash {
    update(text: string): this;
    digest(encoding: "base64url"): string;
  }
  export function createHash(algorithm: "sha256"): Hash;
  export function createHmac(algorithm: "sha256", key: string): Hash;
}
