// What payloads do to requests on their way out: cases 42 to 47 and 61 of the list of hostile inputs.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleSendout } from "../../src/voucherify/examples.ts";
import { happened, SECRETS, startOutbound, tell, type Outbound } from "./outbound.ts";
import { startSender, type Sender } from "./send-in-workerd.ts";
import { status, type Target } from "./target.ts";

let target: Target;
let local: Sender;
let strict: Sender;
let attempt: Outbound["attempt"];
let stop: Outbound["stop"];

beforeAll(async () => {
  ({ target, local, attempt, stop } = await startOutbound());
  strict = await startSender({ ...SECRETS, SIGNALBOX_HOST: "signalbox.acme.workers.dev, hooks.example.com" });
});
afterAll(async () => {
  await strict.stop();
  await stop();
});

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
