import { describe, expect, it } from "vitest";
import { addressIssue } from "../../../src/delivery/address.ts";
import { hostRules } from "../../../src/delivery/host-rules.ts";

const USER = "an address has no user or password; use auth";
const SCHEME = "an address begins with https://";
const NUMBER = "an address has a host name, not a number";
const DOT = "a host name does not end in a dot";
const DOMAIN = "a host name has a domain, like api.example.com";
const PUBLIC = "a host name is public";
const PORT = "an address has no port; requests go to 443";

/** Each address with what is wrong with it: on the public internet, and where local targets are allowed. */
const ADDRESSES: [string, string | undefined, string | undefined][] = [
  ["https://example.com/", undefined, undefined],
  ["https://api.example.com:443/v1?a=1", undefined, undefined],
  ["https://api.example.com:8443/v1?a=1", PORT, undefined],
  ["https://api.example.com:22/", PORT, undefined],
  ["https://api.example.com:80/", PORT, undefined],
  ["https://EXAMPLE.COM/", undefined, undefined],
  ["https://bücher.example/", undefined, undefined],
  ["https://localhost.example.com/", undefined, undefined],
  ["https://internal.example.com/", undefined, undefined],
  ["https://127.0.0.1.example.com/", undefined, undefined],
  ["https://10.example/", undefined, undefined],
  ["https://nothome.arpa/", undefined, undefined],
  ["https://localdomain.example.com/", undefined, undefined],
  ["https://nas.mylocaldomain/", undefined, undefined],
  ["http://example.com/", SCHEME, undefined],
  ["ftp://example.com/", SCHEME, SCHEME],
  ["wss://example.com/", SCHEME, SCHEME],
  ["file:///etc/passwd", SCHEME, SCHEME],
  ["javascript:alert(1)", SCHEME, SCHEME],
  ["data:text/plain,x", SCHEME, SCHEME],
  ["https://user:pass@example.com/", USER, USER],
  ["https://user@example.com/", USER, USER],
  ["https://:pass@example.com/", USER, USER],
  ["http://user:pass@localhost/", USER, USER],
  ["https://127.0.0.1/", NUMBER, undefined],
  ["https://127.1/", NUMBER, undefined],
  ["https://0x7f.1/", NUMBER, undefined],
  ["https://0x7F000001/", NUMBER, undefined],
  ["https://2130706433/", NUMBER, undefined],
  ["https://0177.0.0.1/", NUMBER, undefined],
  ["https://017700000001/", NUMBER, undefined],
  ["https://127.0.0.1./", NUMBER, undefined],
  ["https://①②⑦.0.0.1/", NUMBER, undefined],
  ["https://１２７.0.0.1/", NUMBER, undefined],
  ["https://127。0。0。1/", NUMBER, undefined],
  ["https://%31%32%37.0.0.1/", NUMBER, undefined],
  ["https://0/", NUMBER, undefined],
  ["https://0.0.0.0/", NUMBER, undefined],
  ["https://10.0.0.1/", NUMBER, undefined],
  ["https://169.254.169.254/latest/meta-data/", NUMBER, undefined],
  ["https://8.8.8.8/", NUMBER, undefined],
  ["https://[::1]/", NUMBER, undefined],
  ["https://[::]/", NUMBER, undefined],
  ["https://[::ffff:10.0.0.1]/", NUMBER, undefined],
  ["https://[fd00:ec2::254]/", NUMBER, undefined],
  ["https://[2606:4700::1111]/", NUMBER, undefined],
  ["https://localhost/", DOMAIN, undefined],
  ["https://LOCALHOST:8787/", DOMAIN, undefined],
  ["https://ⓛocalhost/", DOMAIN, undefined],
  ["https://metadata/", DOMAIN, undefined],
  ["https://localhost./", DOT, undefined],
  ["https://example.com./", DOT, undefined],
  ["https://foo.internal./", DOT, undefined],
  ["https://foo.internal/", PUBLIC, undefined],
  ["https://Metadata.Google.INTERNAL/", PUBLIC, undefined],
  ["https://printer.local/", PUBLIC, undefined],
  ["https://app.localhost/", PUBLIC, undefined],
  ["https://home.arpa/", PUBLIC, undefined],
  ["https://HOME.arpa:8443/hook", PUBLIC, undefined],
  ["https://nas.home.arpa/", PUBLIC, undefined],
  ["https://localhost.localdomain/", PUBLIC, undefined],
  ["https://nas.localdomain/", PUBLIC, undefined],
  ["https://nas.lan/", PUBLIC, undefined],
  ["https://wiki.intranet/", PUBLIC, undefined],
  ["http://localhost:8787/hook", SCHEME, undefined],
];

describe("addressIssue", () => {
  it.each(ADDRESSES)("judges %s on the public internet", (address, issue) => {
    expect(addressIssue(new URL(address), false)).toBe(issue);
  });

  it.each(ADDRESSES)("judges %s where local targets are allowed", (address, _issue, localIssue) => {
    expect(addressIssue(new URL(address), true)).toBe(localIssue);
  });
});

describe("an installation's own hosts", () => {
  const OWN = "an address is not Signalbox's own";
  const rules = hostRules({ SIGNALBOX_HOST: "Hooks.example.com, signalbox.acme.workers.dev,localhost:8787" });

  it.each([
    ["https://hooks.example.com/in/x", OWN],
    ["https://HOOKS.example.com./in/x", OWN],
    ["https://hooks.example.com:8443/", OWN],
    ["https://signalbox.acme.workers.dev/", OWN],
    ["https://3f2a1b-signalbox.acme.workers.dev/", OWN],
    ["https://other.acme.workers.dev/", undefined],
    ["https://xhooks.example.com/", undefined],
    ["https://a.hooks.example.com/", undefined],
    ["http://localhost:8787/in/x", OWN],
    ["http://localhost:8788/in/x", undefined],
  ])("are refused, also where local targets are allowed: %s", (address, issue) => {
    expect(addressIssue(new URL(address), true, rules)).toBe(issue);
  });
});

describe("the hosts an installation allows", () => {
  const ONLY = "the host is none of those that SIGNALBOX_TARGET_HOSTS allows";
  const rules = hostRules({ SIGNALBOX_TARGET_HOSTS: "api.example.com, *.braze.com" });

  it.each([
    ["https://api.example.com/", undefined],
    ["https://rest.iad-01.braze.com/", undefined],
    ["https://braze.com/", ONLY],
    ["https://evilbraze.com/", ONLY],
    ["https://127.0.0.1.nip.io/", ONLY],
    ["https://api.example.com.evil.example/", ONLY],
  ])("are the only ones: %s", (address, issue) => {
    expect(addressIssue(new URL(address), false, rules)).toBe(issue);
  });

  it("are all where nothing is said", () => {
    expect(hostRules({})).toEqual({ own: [], only: undefined });
  });
});
