// Static assets of Workers: what is to be uploaded, its upload, and the proof of it that comes with the Worker.
// https://developers.cloudflare.com/workers/static-assets/direct-upload/ (read 2026-11-29)

import { Hono } from "hono";
import type { Account } from "./account.ts";
import { done, refuse } from "./answers.ts";

/** Every file by its path, with its hash. */
type Manifest = Record<string, { hash: string; size: number }>;

/** The calls about assets. What was uploaded once is kept by its hash and not asked for again. */
export function assets(account: Account): Hono {
  return new Hono()
    .post("/workers/scripts/:name/assets-upload-session", async (c) => {
      const { manifest } = await c.req.json<{ manifest: Manifest }>();
      const wanted = Object.values(manifest).flatMap(({ hash }) => (account.files.has(hash) ? [] : [hash]));
      return done(c, { jwt: toToken(manifest), buckets: wanted.length === 0 ? [] : [wanted] });
    })
    .post("/workers/assets/upload", async (c) => {
      const token = c.req.header("authorization")?.replace("Bearer ", "") ?? "";
      const files = Object.entries(await c.req.parseBody());
      for (const [hash, file] of files) {
        if (!(file instanceof File)) return refuse(c, 400, 10_000, `${hash} is no file`);
        account.files.set(hash, Buffer.from(await file.text(), "base64").toString());
      }
      return done(c, { jwt: token });
    });
}

/** The files that a token stands for, by path; undefined where one of them was not uploaded. */
export function uploadedFiles(account: Account, token: string): Map<string, string> | undefined {
  const entries = Object.entries(fromToken(token)).map(([path, { hash }]) => [path, account.files.get(hash)] as const);
  const found = entries.flatMap(([path, content]): [string, string][] =>
    content === undefined ? [] : [[path, content]],
  );
  return found.length === entries.length ? new Map(found) : undefined;
}

/** A token that carries the manifest, where Cloudflare's refers to it. */
function toToken(manifest: Manifest): string {
  return ["{}", JSON.stringify({ manifest }), ""].map((part) => Buffer.from(part).toString("base64url")).join(".");
}

function fromToken(token: string): Manifest {
  const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  return (JSON.parse(payload) as { manifest: Manifest }).manifest; // made above
}
