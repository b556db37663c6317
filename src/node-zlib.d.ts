// What we use of Node's zlib, which workerd has: the types of all of Node would bring its globals along.
// https://developers.cloudflare.com/workers/runtime-apis/nodejs/zlib/ (read 2026-11-29)

declare module "node:zlib" {
  export function gzipSync(bytes: Uint8Array): Uint8Array<ArrayBuffer>;
  export function gunzipSync(bytes: Uint8Array): Uint8Array<ArrayBuffer>;
}
