// How the command line takes a router that does not do as asked, or is none at all: an exit code and a sentence each.

import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { answerOf, createAdmin } from "../../cli/client/admin.ts";
import { VERSION_HEADER } from "../../src/admin/version-header.ts";
import { RouterError } from "../../cli/client/router-error.ts";
import { runInProcess, spawnSignalbox } from "./shell.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-client-"));
const servers = new Set<Server>();

afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  servers.clear();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What every answer of a router has. */
const ROUTER = { [VERSION_HEADER]: "0.1.0" };

/** A server that is not what it should be. */
async function serve(listener: RequestListener, headers: Record<string, string> = ROUTER): Promise<string> {
  const server = createServer((req, res) => {
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    listener(req, res);
  });
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server that listens has one
}

async function search(url: string, ...args: string[]) {
  return runInProcess(["search", "--url", url, "--token", "t0ken-that-nobody-sees", "-q", ...args], { folder });
}

function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): RequestListener {
  return (_req, res) => {
    res.writeHead(status, { "content-type": "application/problem+json", ...headers });
    res.end(JSON.stringify({ type: `urn:signalbox:problem:${code}`, status, code, detail }));
  };
}

const EMPTY = JSON.stringify({ sendouts: [], next: null });

describe("a router that refuses", () => {
  it.each([
    [400, "request_invalid", 2],
    [401, "token_invalid", 4],
    [403, "scope_missing", 4],
    [404, "not_found", 1],
    [409, "table_conflict", 5],
    [422, "table_invalid", 2],
    [500, "internal_error", 3],
    [503, "admin_disabled", 4],
  ])("with %i %s ends the command with %i", async (status, code, exitCode) => {
    const url = await serve(problem(status, code, "A sentence."));
    const ended = await search(url);
    expect(ended).toMatchObject({ code: exitCode, out: "" });
    expect(ended.err).toContain("A sentence.");
    const asJson = await search(url, "--json");
    expect(JSON.parse(asJson.err)).toMatchObject({ reason: code, detail: "A sentence." });
  });

  it("says how a command is given another token, and never the one it has", async () => {
    const ended = await search(await serve(problem(401, "token_invalid", "The token is not right.")));
    expect(ended.err).toContain("SIGNALBOX_ADMIN_TOKEN");
    expect(ended.err).not.toContain("t0ken");
  });

  it("cannot act on the terminal by what it says", async () => {
    const { err } = await search(await serve(problem(404, "not_found", "\u001B]0;owned\u0007\u009B2J\u202Eabc")));
    expect(err).toBe(String.raw`\u001b]0;owned\u0007\u009b2J\u202eabc` + "\n");
  });
});

describe("a router that asks for patience", () => {
  it.each([
    [429, "guesses_limited"],
    [503, "ledger_unavailable"],
  ])("with %i is asked again after as long as it said", async (status, code) => {
    const asked: number[] = [];
    const url = await serve((req, res) => {
      asked.push(performance.now());
      if (asked.length === 1) return problem(status, code, "Wait.", { "retry-after": "1" })(req, res);
      return res.writeHead(200, { "content-type": "application/json" }).end(EMPTY);
    });
    expect((await search(url, "--json")).out).toContain('"sendouts": []');
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it.each([
    ["says nothing of when", {}, 1],
    ["wants more time than anybody has", { "retry-after": "3600" }, 1],
    ["never has enough", { "retry-after": "0" }, 3],
  ])("is given up when it %s", async (_name, headers, calls) => {
    let asked = 0;
    const refuse = problem(503, "ledger_unavailable", "Later.", headers);
    const url = await serve((req, res) => {
      asked += 1;
      refuse(req, res);
    });
    expect(await search(url)).toMatchObject({ code: 3, err: "Later.\n" });
    expect(asked).toBe(calls);
  });

  it("is not asked twice for what may have been done", async () => {
    let asked = 0;
    const refuse = problem(503, "ledger_unavailable", "Later.", { "retry-after": "0" });
    const url = await serve((req, res) => {
      asked += 1;
      refuse(req, res);
    });
    const call = createAdmin(url, "t").tokens.$post({ json: { name: "a", scopes: ["read"] } });
    await expect(answerOf(call)).rejects.toThrow(RouterError);
    expect(asked).toBe(1);
  });
});

describe("a router that stops accepting", () => {
  it("does not hide what it has accepted", async () => {
    let asked = 0;
    const refuse = problem(503, "not_durable", "It could not be stored.");
    const url = await serve((req, res) => {
      asked += 1;
      if (asked > 6) return refuse(req, res);
      return res.writeHead(202, { "content-type": "application/json" }).end(JSON.stringify({ id: `acc_${asked}` }));
    });
    const args = ["trigger", "voucher.published", "--count", "20", "--url", url, "-q"];
    const { code, out, err } = await runInProcess(args, { folder, env: { VOUCHERIFY_SECRET: "s" } });
    expect({ code, err }).toEqual({ code: 3, err: "It could not be stored.\n" });
    expect(out.trimEnd().split("\n")).toHaveLength(6);
    expect(asked).toBe(12);
  });
});

describe("something that is no router", () => {
  it.each([
    ["a page", 200, "text/html", "<h1>Hello</h1>"],
    ["an error page", 502, "text/html", "Bad gateway"],
    ["another API's error", 418, "application/json", "{}"],
    ["a problem of somebody else's", 404, "application/problem+json", "{}"],
  ])("is recognised: %s", async (_name, status, type, body) => {
    const url = await serve((_req, res) => res.writeHead(status, { "content-type": type }).end(body));
    const ended = await search(url);
    expect(ended.code).toBe(3);
    expect(ended.err).toContain("is not a Signalbox router");
  });

  it("is recognised: another API's answer", async () => {
    const url = await serve((_req, res) => res.writeHead(200, { "content-type": "application/json" }).end("{}"), {});
    expect(await search(url)).toMatchObject({ code: 3, err: expect.stringContaining("is not a Signalbox router") });
  });

  it("never gets the token by sending the caller there", async () => {
    const seen: (string | undefined)[] = [];
    const elsewhere = await serve((req, res) => {
      seen.push(req.headers.authorization);
      res.end(EMPTY);
    });
    const url = await serve((_req, res) => res.writeHead(302, { location: `${elsewhere}/admin/sendouts` }).end());
    const ended = await search(url);
    expect(ended.code).toBe(3);
    expect(ended.err).toContain(`to ${elsewhere}/admin/sendouts`);
    expect(seen).toEqual([]);
  });

  it("can be Cloudflare Access, which a service token passes", async () => {
    const url = await serve(({ headers }, res) => {
      if (headers["cf-access-client-id"] !== "id.access" || headers["cf-access-client-secret"] !== "s3cret") {
        return res.writeHead(302, { location: "https://team.cloudflareaccess.com/cdn-cgi/access/login/x" }).end();
      }
      return res.writeHead(200, { "content-type": "application/json" }).end(EMPTY);
    });
    const stopped = await search(url);
    expect(stopped).toMatchObject({ code: 4, err: expect.stringContaining("CLOUDFLARE_ACCESS_CLIENT_ID") });
    const env = { CLOUDFLARE_ACCESS_CLIENT_ID: "id.access", CLOUDFLARE_ACCESS_CLIENT_SECRET: "s3cret" };
    const passed = await runInProcess(["search", "--url", url, "-q"], { folder, env });
    expect(passed).toMatchObject({ code: 1, err: "There are no such sendouts.\n" });
  });

  it("does not keep the command by never ending its answer", async () => {
    const url = await serve((_req, res) => {
      res.writeHead(200, { "content-type": "application/json" });
      res.write('{"sendouts": [');
    });
    const call = answerOf(createAdmin(url, "t", { timeoutMs: 150 }).sendouts.$get({ query: {} }));
    await expect(call).rejects.toMatchObject({ exitCode: 3, complaint: { reason: "router_silent" } });
  });

  it("does not fill the memory", async () => {
    const url = await serve((_req, res) => {
      res.writeHead(200, { "content-type": "application/json" });
      const piece = Buffer.alloc(1024 * 1024, 32);
      const more = (): void => {
        while (!res.destroyed && res.write(piece)) continue;
      };
      res.on("drain", more);
      more();
    });
    expect(await search(url)).toMatchObject({ code: 3, err: expect.stringContaining("is larger than 67108864 bytes") });
  });

  it("cannot lead round in a circle", async () => {
    const page = JSON.stringify({ sendouts: [], next: "1.so_00000000000000000000000000000000" });
    const url = await serve((_req, res) => res.writeHead(200, { "content-type": "application/json" }).end(page));
    expect(await search(url)).toMatchObject({ code: 3, err: "The router's pages go round in a circle.\n" });
  });

  it("is said to be missing where nothing listens", async () => {
    const { code, err } = await search("http://127.0.0.1:9");
    expect(code).toBe(3);
    expect(err).toMatch(
      /^No router can be reached at http:\/\/127\.0\.0\.1:9 \(.+\)\.\nStart one with signalbox dev or npm start/,
    );
  });
});

describe("which router", () => {
  it.each([
    [["--url", "ftp://router"], "A router's URL is scheme and host alone"],
    [["--url", "https://router.example/admin"], "A router's URL is scheme and host alone"],
    [["--url", "https://user:pass@router.example"], "A router's URL is scheme and host alone"],
    [["--url", "http://router.example"], "The token would travel to router.example for all to read. Use https."],
    [["--profile", "live"], "There is no profile live. Those there are: none yet; signalbox profile add makes one."],
    [["--url", "https://a.example", "--profile", "live"], "Give --url or --profile"],
  ])("%j is refused with a sentence", async (args, sentence) => {
    const { code, out, err } = await runInProcess(["search", ...args], { folder });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(sentence);
  });

  it("is said on stderr, unless nobody wants to hear it", async () => {
    const url = await serve((_req, res) => res.writeHead(200, { "content-type": "application/json" }).end(EMPTY));
    const loud = await runInProcess(["search"], { folder, env: { SIGNALBOX_URL: url } });
    expect(loud.err).toBe(`Router: ${url} (SIGNALBOX_URL)\nThere are no such sendouts.\n`);
    expect((await search(url)).err).toBe("There are no such sendouts.\n");
    expect((await search(url, "--json")).err).toBe("");
  });

  it("can be given a name, whose token only its owner may read", async () => {
    const tokens: (string | undefined)[] = [];
    const url = await serve((req, res) => {
      tokens.push(req.headers.authorization);
      res.writeHead(200, { "content-type": "application/json" });
      res.end(req.url === "/admin/table" ? "{}" : EMPTY);
    });
    const added = await spawnSignalbox(["profile", "add", "live", "--url", url], { folder, input: "sbx_secret\n" });
    expect(added).toMatchObject({ code: 0, err: "" });
    await runInProcess(["search", "--profile", "live"], { folder, env: { SIGNALBOX_ADMIN_TOKEN: "another" } });
    expect(tokens).toEqual(["Bearer sbx_secret", "Bearer sbx_secret"]);
    const listed = await runInProcess(["profile", "list", "--json"], { folder });
    expect(JSON.parse(listed.out)).toEqual({ profiles: [{ name: "live", url }] });
    const file = join(folder, "signalbox", "profiles.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    const open = await runInProcess(["search", "--profile", "live"], { folder });
    expect(open).toMatchObject({ code: 2, err: expect.stringContaining(`chmod 600 ${file}`) });
    chmodSync(file, 0o600);
    expect((await runInProcess(["profile", "remove", "live"], { folder })).code).toBe(0);
    expect((await runInProcess(["profile", "remove", "live"], { folder })).code).toBe(1);
  });

  it("is not kept under a name with a token that it refuses", async () => {
    const url = await serve(problem(401, "token_invalid", "No."));
    const added = await spawnSignalbox(["profile", "add", "bad", "--url", url], { folder, input: "sbx_wrong\n" });
    expect(added.code).toBe(4);
    expect((await runInProcess(["profile", "list", "--json"], { folder })).out).not.toContain("bad");
  });
});
