// What targets do to attempts: redirects, answers that are not what they seem or too much, and connections that fail.
// Cases 48 to 52 of the list of hostile inputs.

import type { Socket } from "node:net";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerConditions } from "../../src/delivery/answer.ts";
import { startOutbound, tell, type Outbound } from "./outbound.ts";
import type { RawTarget } from "./raw-target.ts";
import type { Sender } from "./send-in-workerd.ts";
import { status, type Behaviour, type Target } from "./target.ts";

let target: Target;
let raw: RawTarget;
let local: Sender;
let attempt: Outbound["attempt"];
let stop: Outbound["stop"];

beforeAll(async () => {
  ({ target, raw, local, attempt, stop } = await startOutbound());
});
afterAll(async () => stop());

describe("redirects", () => {
  it.each([301, 302, 303, 307, 308])(
    "case 48: %s leads nowhere, and where it led is shown without its query",
    async (code) => {
      const location = "http://169.254.169.254/latest/meta-data/?token=abc#x";
      const sent = await attempt(status(code, { location }), `/moved-${code}`);
      expect(tell(48, `${code} to the metadata service`, sent)).toBe(`answered ${code} → failed target_redirected`);
      expect(sent.detail).toBe("not followed: http://169.254.169.254/…");
      expect(sent.headers).toContainEqual(["location", "http://169.254.169.254/latest/meta-data/?…"]);
      expect(target.to(`/moved-${code}`)).toHaveLength(1);
    },
  );
});

describe("answers that are not what they seem", () => {
  const conditions = (path: string, value: unknown): AnswerConditions =>
    ({ success: [{ path, op: "eq", value }], retry: [], permanent: [] }) as AnswerConditions; // plain values
  const body =
    (code: number, text: string, type = "application/json"): Behaviour =>
    (res) =>
      void res.writeHead(code, { "content-type": type }).end(text);

  it.each<[string, Behaviour, AnswerConditions | undefined, string]>([
    [
      "200 with ok:false",
      body(200, '{"ok":false}'),
      conditions("body.ok", true),
      "answered 200 → failed answer_rejected",
    ],
    [
      "200 with FailedEntryCount 1",
      body(200, '{"FailedEntryCount":1}'),
      conditions("body.FailedEntryCount", 0),
      "answered 200 → failed answer_rejected",
    ],
    ["207", body(207, '{"ok":false}'), conditions("body.ok", true), "answered 207 → failed answer_rejected"],
    [
      "a login page with 200",
      body(200, "<html>Sign in</html>", "text/html"),
      conditions("body.ok", true),
      "answered 200 → failed answer_rejected",
    ],
    ["200 with ok:true", body(200, '{"ok":true}'), conditions("body.ok", true), "answered 200 → delivered"],
  ])("case 49: %s", async (what, behaviour, said, line) => {
    expect(tell(49, what, await attempt(behaviour), said)).toBe(line);
  });

  it.each([204, 200, 299])("case 50: %s without a body", async (code) => {
    const sent = await attempt((res) => void res.writeHead(code).end());
    expect(tell(50, `${code} without a body`, sent)).toBe(`answered ${code} → delivered`);
    expect(sent.excerpt).toBe("");
  });

  it("case 50: 103 before 200", async () => {
    raw.behave((socket) =>
      socket.end("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"),
    );
    expect(tell(50, "103 before 200", await local.send({ url: raw.url }))).toBe("answered 200 → delivered");
  });
});

describe("answers that would be too much", () => {
  it("case 51: a body that never ends is read to what is kept, and no further", async () => {
    let written = 0;
    const sent = await attempt((res) => {
      res.writeHead(200);
      const chunk = "é".repeat(32_768);
      const more = (): void => {
        while (!res.destroyed && written < 5e9) {
          written += chunk.length * 2;
          if (!res.write(chunk)) return void res.once("drain", more);
        }
      };
      more();
    });
    expect(tell(51, "5 GB", sent)).toBe("answered 200 → delivered");
    expect(Buffer.byteLength(sent.excerpt ?? "")).toBe(20_000);
    expect(written).toBeLessThan(50_000_000);
  });

  it("case 51: a body that drips is cut by time", async () => {
    raw.behave((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
      const drip = setInterval(() => socket.write("a"), 50);
      socket.once("close", () => clearInterval(drip));
    });
    const startedAt = Date.now();
    const sent = await local.send({ url: raw.url, timeoutMs: 500 });
    expect(tell(51, "a byte every 50 ms", sent)).toBe("timed_out → retry target_timeout, ambiguous");
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });

  it("case 51: a gzip bomb of a gigabyte is counted as it comes out", async () => {
    const sent = await attempt((res) => {
      res.writeHead(200, { "content-encoding": "gzip" });
      const gzip = createGzip();
      gzip.on("error", () => undefined).pipe(res);
      const zeros = Buffer.alloc(1 << 20);
      let count = 0;
      const more = (): void => {
        while (!res.destroyed && count < 1_000) {
          count += 1;
          if (!gzip.write(zeros)) return void gzip.once("drain", more);
        }
        gzip.end();
      };
      more();
    });
    expect(tell(51, "a gzip bomb", sent)).toBe("answered 200 → delivered");
    expect(sent.excerpt).toHaveLength(20_000);
  });

  it("case 51: a body that is not compressed as it says is not read", async () => {
    const sent = await attempt((res) => void res.writeHead(200, { "content-encoding": "gzip" }).end("plain"));
    expect(tell(51, "gzip that is none", sent)).toBe("answered 200 → delivered");
  });

  it("case 51: bytes that are no UTF-8 are replaced", async () => {
    const sent = await attempt((res) => void res.writeHead(500).end(Buffer.from([0x61, 0xff, 0xfe, 0x62])));
    expect(tell(51, "invalid UTF-8", sent)).toBe("answered 500 → retry target_unavailable");
    expect(sent.excerpt).toBe("a\ufffd\ufffdb");
  });

  it("case 51: of headers 4 KB are kept, and no cookie", async () => {
    const headers = { "x-a": "a".repeat(65_536), "set-cookie": "session=abc" };
    const sent = await attempt((res) => void res.writeHead(200, headers).end("ok"));
    expect(tell(51, "a header of 64 KB", sent)).toBe("answered 200 → delivered");
    const kept = sent.headers ?? [];
    expect(kept.reduce((sum, [name, value]) => sum + name.length + value.length, 0)).toBeLessThanOrEqual(4_096);
    expect(kept.map(([name]) => name)).toContain("x-a");
    expect(kept.map(([name]) => name)).not.toContain("set-cookie");
  });

  it("case 51: of a thousand headers fifty are kept", async () => {
    const headers = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`x-${index}`, "1"]));
    const sent = await attempt((res) => void res.writeHead(200, headers).end("ok"));
    expect(tell(51, "a thousand headers", sent)).toBe("answered 200 → delivered");
    expect(sent.headers).toHaveLength(50);
  });
});

describe("connections that fail", () => {
  it.each<[string, (socket: Socket) => void, string]>([
    ["a hang before headers", () => undefined, "timed_out → retry target_timeout, ambiguous"],
    [
      "a hang after 102",
      (s) => void s.write("HTTP/1.1 102 Processing\r\n\r\n"),
      "timed_out → retry target_timeout, ambiguous",
    ],
    [
      "a hang in the body",
      (s) => void s.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"),
      "timed_out → retry target_timeout, ambiguous",
    ],
    ["a reset after the request", (s) => void s.resetAndDestroy(), "unreachable → retry target_unreachable, ambiguous"],
    ["an end after the request", (s) => void s.end(), "unreachable → retry target_unreachable, ambiguous"],
    [
      "an answer that is not HTTP",
      (s) => void s.end("SSH-2.0\r\n\r\n"),
      "unreachable → retry target_unreachable, ambiguous",
    ],
    [
      "an end in the body",
      (s) => void s.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"),
      "unreachable → retry target_unreachable, ambiguous",
    ],
  ])("case 52: %s", async (what, onData, line) => {
    raw.behave(onData);
    expect(tell(52, what, await local.send({ url: raw.url, timeoutMs: 400 }))).toBe(line);
  });

  it.each([
    ["a name that does not resolve", () => "http://no-such-host.invalid/", "unreachable → retry target_unreachable"],
    ["TLS that is none", () => raw.url.replace("http:", "https:"), "unreachable → retry target_unreachable"],
    // workerd says the same of it as of a connection that ends after the request.
    ["a refused connection", () => "http://127.0.0.1:9/", "unreachable → retry target_unreachable, ambiguous"],
  ])("case 52: %s", async (what, url, line) => {
    raw.behave((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(tell(52, what, await local.send({ url: url() }))).toBe(line);
  });

  it.each([
    [504, ", ambiguous"],
    [520, ", ambiguous"],
    [524, ", ambiguous"],
    [521, ""],
    [522, ""],
    [523, ""],
    [525, ""],
    [530, ""],
  ])("case 52: %s from a server in front of the target", async (code, ambiguous) => {
    const sent = await attempt(status(code));
    expect(tell(52, `status ${code}`, sent)).toBe(`answered ${code} → retry target_unavailable${ambiguous}`);
  });
});
