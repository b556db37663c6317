// What targets and payloads do to requests on their way out: cases 42 to 61 of the list of hostile inputs, each tried
// in workerd against a real target, and what happened printed as a table.

import type { Socket } from "node:net";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerConditions } from "../../src/delivery/answer.ts";
import { judge } from "../../src/delivery/judge.ts";
import { exampleSendout } from "../../src/voucherify/examples.ts";
import { startRawTarget, type RawTarget } from "./raw-target.ts";
import { startSender, type Sender, type Sending, type Sent } from "./send-in-workerd.ts";
import { startTarget, status, type Behaviour, type Target } from "./target.ts";

const SECRETS = {
  CRM_KEY: 'crm/key+"1234"&é',
  AWS_ID: "AKIDEXAMPLE",
  AWS_KEY: "aws-secret-key",
  PATH: "T000/B000/abcdefgh12345678",
};

let target: Target;
let raw: RawTarget;
let local: Sender;
let strict: Sender;

beforeAll(async () => {
  target = await startTarget();
  raw = await startRawTarget();
  local = await startSender({ ...SECRETS, SIGNALBOX_LOCAL_TARGETS: "allow" });
  strict = await startSender({ ...SECRETS, SIGNALBOX_HOST: "signalbox.acme.workers.dev, hooks.example.com" });
});
afterAll(async () => {
  await local.stop();
  await strict.stop();
  raw.stop();
  await target.stop();
  console.log(["case | what came | what happened", ...happened].join("\n"));
});

const happened: string[] = [];

/** What became of an attempt in one line; it is also the line of the printed table. */
function tell(number: number, what: string, sent: Sent, conditions?: AnswerConditions, now = Date.now()): string {
  const verdict = judge(sent.result, now, conditions);
  const got = sent.result.kind === "answered" ? `answered ${sent.result.status}` : sent.result.kind;
  const reason = verdict.verdict === "delivered" ? "" : ` ${verdict.reason}`;
  const floor = verdict.verdict === "retry" && verdict.floorSeconds > 0 ? ` after ${verdict.floorSeconds} s` : "";
  const line = `${got} → ${verdict.verdict}${reason}${floor}${sent.ambiguous ? ", ambiguous" : ""}`;
  happened.push(`${number} | ${what} | ${line}${sent.detail === undefined ? "" : ` (${sent.detail})`}`);
  return line;
}

type Attempt = Partial<Omit<Sending, "request">> & { request?: Partial<Sending["request"]> };

async function attempt(behaviour: Behaviour, path = "/hook", more: Attempt = {}): Promise<Sent> {
  target.behave(behaviour);
  return local.send({ url: target.url + path, ...more });
}

describe("requests that are not sent", () => {
  it.each([
    [42, "a header with a line break", "a\r\nx-evil: 1"],
    [42, "a header with a line feed", "a\nb"],
    [42, "a header with NUL", "a\0b"],
    [43, "a header outside ASCII", "Zoë"],
    [43, "a header in full width", "ａ"],
    [43, "a header of 5,000 characters", "a".repeat(5_000)],
  ])("case %s: %s", async (number, what, value) => {
    const before = target.requests.length;
    const sent = await local.send({ url: target.url, request: { headers: [["x-name", [value]]] } });
    expect(tell(number, what, sent)).toBe("refused → failed request_invalid");
    expect(target.requests).toHaveLength(before);
  });

  it.each([
    "https://127.1/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost./",
    "https://metadata.google.internal/",
    "https://user:pass@example.com/",
    "https://example.com:22/",
    "http://example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://signalbox.acme.workers.dev/in/voucherify",
    "https://a1b2c3-signalbox.acme.workers.dev/in/voucherify",
    "https://hooks.example.com./in/voucherify",
    "not an address",
  ])("case 46: the address %s", async (url) => {
    expect(tell(46, url, await strict.send({ url }))).toBe("refused → failed address_refused");
  });

  it("case 47: a public name outside the installation's list, wherever it resolves to", async () => {
    const listed = await startSender({ SIGNALBOX_TARGET_HOSTS: "api.example.com" });
    const sent = await listed.send({ url: "https://127.0.0.1.nip.io/" });
    await listed.stop();
    expect(tell(47, "127.0.0.1.nip.io with a list of hosts", sent)).toBe("refused → failed address_refused");
  });

  it.each([3, 4])("case 61: what has come through %s Signalboxes", async (hops) => {
    const before = target.requests.length;
    const sent = await local.send({ url: target.url, hops });
    expect(tell(61, `${hops} hops`, sent)).toBe("refused → failed hops_exceeded");
    expect(target.requests).toHaveLength(before);
  });

  it("case 61: what has come through two is sent with a count of three, and then no more", async () => {
    const sent = await attempt(status(200), "/hops", { hops: 2 });
    expect(tell(61, "2 hops", sent)).toBe("answered 200 → delivered");
    expect(target.to("/hops")[0]?.headers["signalbox-hops"]).toBe("3");
  });
});

describe("addresses made of payloads", () => {
  const EXAMPLE = JSON.stringify(exampleSendout("redemption.succeeded"));

  const table = (url: string) => ({
    inlets: { voucherify: { auth: "none" } },
    targets: { crm: { request: { url, body: { a: 1 } } } },
    routes: [{ id: "all", events: ["*"], to: ["crm"] }],
  });

  it.each([
    ["../../v1/delete?x=1#", "/users/..%2F..%2Fv1%2Fdelete%3Fx%3D1%23/events"],
    ["a/b", "/users/a%2Fb/events"],
    ["%2e%2e", "/users/%252e%252e/events"],
    ["+@&", "/users/%2B%40%26/events"],
    [String.raw`\..\x`, "/users/%5C..%5Cx/events"],
  ])("case 44: the id %s is one segment", async (id, path) => {
    const sendout = EXAMPLE.replaceAll(/"source_id":"[^"]*"/g, () => `"source_id":${JSON.stringify(id)}`);
    const { request } = await local.render(table(`${target.url}/users/{{ customer.source_id }}/events`), sendout);
    expect(request).toBeDefined();
    target.behave(status(200));
    const sent = await local.send({ url: "", request: request ?? {} });
    expect(tell(44, id, sent)).toBe("answered 200 → delivered");
    expect(target.requests.at(-1)?.path).toBe(path);
  });

  it.each([
    "https://{{ customer.name }}/",
    "https://{{ customer.name }}.example.com/",
    "https://example.com:{{ n }}/",
    "https://example.com{{ x }}",
    "{{ url }}",
  ])("case 45: the address %s is refused when the table is published", async (url) => {
    const { issues } = await local.render(table(url), EXAMPLE);
    expect(issues).toMatchObject([{ path: "targets.crm.request.url" }]);
    happened.push(`45 | ${url} | refused when published`);
  });

  it("case 46: a host in letters that look alike is shown in Punycode", async () => {
    const { origin } = await local.render(table("https://аpi.braze.com/"), EXAMPLE); // its first letter is Cyrillic
    expect(origin).toBe("https://xn--pi-6kc.braze.com");
    happened.push("46 | a Cyrillic а in api.braze.com | shown and called as xn--pi-6kc.braze.com");
  });
});

describe("redirects", () => {
  it.each([301, 302, 303, 307, 308])(
    "case 48: %s leads nowhere, and where it led is shown without its query",
    async (code) => {
      const location = "http://169.254.169.254/latest/meta-data/?token=abc#x";
      const sent = await attempt(status(code, { location }), `/moved-${code}`);
      expect(tell(48, `${code} to the metadata service`, sent)).toBe(`answered ${code} → failed target_redirected`);
      expect(sent.detail).toBe("not followed: http://169.254.169.254/latest/meta-data/?…");
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

describe("statuses", () => {
  const now = Date.UTC(2026, 10, 24, 12);

  it.each([
    ["120", 120],
    ["120.6", 121],
    ["Tue, 24 Nov 2026 12:01:00 GMT", 60],
    ["Tue, 24 Nov 2026 11:00:00 GMT", 0],
    ["-5", 0],
    ["0x10", 0],
    ["1000000000", 86_400],
    ["invalid", 0],
    ["1, 2", 0],
  ])("case 53: 429 with Retry-After: %s", async (retryAfter, seconds) => {
    const sent = await attempt(status(429, { "retry-after": retryAfter, "x-ratelimit-remaining": "0" }));
    const line = `answered 429 → retry target_unavailable${seconds === 0 ? "" : ` after ${seconds} s`}`;
    expect(tell(53, `Retry-After: ${retryAfter}`, sent, undefined, now)).toBe(line);
    expect(sent.result).toMatchObject({ retryAfter, answer: { headers: { "x-ratelimit-remaining": "0" } } });
  });

  it("case 53: two Retry-After", async () => {
    raw.behave((s) => s.end("HTTP/1.1 429 Slow\r\nretry-after: 1\r\nretry-after: 2\r\ncontent-length: 0\r\n\r\n"));
    const sent = await local.send({ url: raw.url });
    expect(tell(53, "two Retry-After", sent)).toBe("answered 429 → retry target_unavailable");
  });

  it.each([
    ...[408, 425, 500, 502, 503, 504, 520, 529].map((code) => [54, code, "retry target_unavailable"] as const),
    ...[501, 505].map((code) => [54, code, "failed target_rejected"] as const),
    ...[400, 404, 405, 406, 409, 413, 415, 422].map((code) => [55, code, "failed target_rejected"] as const),
    ...[401, 403].map((code) => [56, code, "credentials target_credentials"] as const),
    [57, 410, "gone target_gone"] as const,
  ])("case %s: %s", async (number, code, verdict) => {
    const line = tell(number, `status ${code}`, await attempt(status(code)));
    expect(line.replace(", ambiguous", "")).toBe(`answered ${code} → ${verdict}`);
  });

  it("case 56: 401 has a token replaced once, and case 58: an endpoint that is down holds the delivery", async () => {
    const tokens = await startTarget();
    tokens.behave((res, _request, count) => void res.end(`{"access_token":"token-${count}","expires_in":3600}`));
    const auth = {
      type: "oauth2_client_credentials",
      tokenUrl: `${tokens.url}/token`,
      clientId: "AWS_ID",
      clientSecret: "AWS_KEY",
    } as const;
    const refused = await attempt(status(401), "/token-refused", { auth });
    expect(tell(56, "401, with a token", refused)).toBe("answered 401 → credentials target_credentials");
    expect([tokens.requests.length, target.to("/token-refused").length, refused.tokenRefreshed]).toEqual([2, 2, true]);
    tokens.behave((res) => void res.writeHead(200, { "content-type": "text/html" }).end("<html>"));
    const held = await attempt(status(200), "/held", { auth: { ...auth, scope: "other" } });
    await tokens.stop();
    expect(tell(58, "a token endpoint in HTML", held)).toBe("not_ready → not_ready token_unavailable");
    expect(target.to("/held")).toHaveLength(0);
  });

  it("case 59: a signature that AWS does not take is a matter of credentials", async () => {
    const auth = {
      type: "aws_sigv4",
      service: "events",
      region: "eu-central-1",
      accessKeyId: "AWS_ID",
      secretAccessKey: "AWS_KEY",
    } as const;
    const skewed: Behaviour = (res) => void res.writeHead(403).end('{"__type":"InvalidSignatureException"}');
    const sent = await attempt(skewed, "/aws", { auth });
    expect(tell(59, "403 InvalidSignatureException", sent)).toBe("answered 403 → credentials target_credentials");
    expect(JSON.stringify(sent)).not.toContain(SECRETS.AWS_KEY);
  });
});

describe("targets that repeat our secrets", () => {
  const key = SECRETS.CRM_KEY;
  const hex = Buffer.from(key).toString("hex");

  it.each<[string, string]>([
    ["as it is", key],
    ["in JSON", JSON.stringify({ key })],
    ["in JSON all in ASCII", JSON.stringify({ key }).replaceAll("é", String.raw`\u00e9`)],
    ["in JSON that is safe in HTML", JSON.stringify({ key }).replaceAll("&", String.raw`\u0026`)],
    ["in HTML", `<p>${key.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}</p>`],
    ["in a URL", encodeURIComponent(key)],
    ["in a URL with small digits", encodeURIComponent(key).toLowerCase()],
    ["in a form", new URLSearchParams({ key }).toString()],
    ["in base64", Buffer.from(key).toString("base64")],
    ["in base64 for URLs", Buffer.from(key).toString("base64url")],
    ["in base64 of the header", Buffer.from(`authorization: Bearer ${key}\n`).toString("base64")],
    ["in hexadecimal", hex],
    ["in hexadecimal with capitals", hex.toUpperCase()],
  ])("case 60: %s", async (what, text) => {
    const auth = { type: "query", name: "key", secret: "CRM_KEY" } as const;
    const inHeader = Buffer.from(text).toString("latin1");
    const sent = await attempt((res) => void res.writeHead(400, { "x-echo": inHeader }).end(text), "/echo", { auth });
    expect(target.requests.at(-1)?.path).toBe(`/echo?key=${encodeURIComponent(key)}`);
    tell(60, `echoed ${what}`, sent);
    expect(sent.excerpt).toContain("[secret]");
    expect(sent.excerpt).not.toContain(text);
    const header = Object.fromEntries(sent.headers ?? [])["x-echo"];
    expect(header).toContain("[secret]");
    expect(header).not.toContain(text);
  });

  it("case 60: in a redirect, a header's name, and across the end of what is kept", async () => {
    const secret = SECRETS.PATH.slice(10);
    const auth = { type: "query", name: "key", secret: "PATH" } as const;
    const headers = { location: `https://x.example/${encodeURIComponent(SECRETS.PATH)}`, [`x-${secret}`]: "1" };
    const text = "a".repeat(19_990) + SECRETS.PATH;
    const sent = await attempt((res) => void res.writeHead(302, headers).end(text), "/echo", { auth });
    tell(60, "echoed in a redirect", sent);
    expect(sent.detail).toBe("not followed: https://x.example/[secret]");
    expect(sent.headers).toContainEqual(["location", "https://x.example/[secret]"]);
    expect(sent.excerpt?.endsWith("a[secret]")).toBe(true);
  });
});
