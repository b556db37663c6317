// Random request templates, with what is known of them without reading them.

import type { Random } from "./random.ts";
import { createExpression } from "./translate-expressions.ts";

/** A template with what its maker knows. */
export interface FuzzTemplate {
  source: Record<string, unknown>;
  /** Scheme, host and port of its URL, as they are sent. */
  origin: string;
  /** Names of its secrets. */
  secrets: ReadonlySet<string>;
  /** Keys of its body under which the value at a path stands whole. */
  echo: readonly Echo[];
}

/** A key of a body, and the path whose value stands there. */
export interface Echo {
  key: string;
  path: string;
}

/** Paths that every event has. */
const ECHO_PATHS = ["text", "number", "evil", "list", "deep", "a"] as const;

/** How URLs begin, and what of it is sent. */
const ORIGINS: readonly (readonly [written: string, sent: string])[] = [
  ["https://h.example:8443", "https://h.example:8443"],
  ["https://hooks.example", "https://hooks.example"],
  ["HTTPS://Hooks.EXAMPLE:443", "https://hooks.example"],
  ["http://127.0.0.1:8787", "http://127.0.0.1:8787"],
];

/** Makes a template. */
export function createTemplate(random: Random): FuzzTemplate {
  const secrets = new Set<string>();
  const make = new TemplateMaker(random, secrets);
  const encoding = random.chance(0.8) ? "json" : random.pick(["form", "text"]);
  const [written, origin] = random.pick(ORIGINS);
  const source: Record<string, unknown> = {
    method: random.pick(["POST", "POST", "PUT", "PATCH", "DELETE"]),
    ...make.url(written),
    encoding,
    missing: random.pick(["omit", "omit", "null", "error"]),
  };
  if (random.chance(0.3)) source["query"] = make.record(() => make.textOrSecret());
  if (random.chance(0.3)) source["headers"] = make.headers();
  const paths = encoding === "json" && random.chance(0.7) ? ECHO_PATHS.filter(() => random.chance(0.5)) : [];
  const echo = paths.map((path, index) => ({ key: `echo${index}`, path }));
  if (encoding === "text") source["body"] = make.text();
  else if (encoding === "form") source["body"] = make.record(() => make.textOrSecret());
  else if (echo.length > 0) {
    const fields = echo.map(({ key, path }) => [key, `{{ ${path} }}`] as const);
    source["body"] = { ...Object.fromEntries(fields), more: make.node(3) };
  } else source["body"] = make.node(3);
  return { source, origin, secrets, echo };
}

class TemplateMaker {
  readonly #random: Random;
  readonly #secrets: Set<string>;

  constructor(random: Random, secrets: Set<string>) {
    this.#random = random;
    this.#secrets = secrets;
  }

  url(origin: string): { url: string; pathSecret?: string } {
    const random = this.#random;
    if (random.chance(0.05)) return { url: `${origin}/{{ ${createExpression(random)} }}/`, pathSecret: this.#name() };
    const path = Array.from({ length: random.below(3) }, () =>
      random.pick(["v1", "x.json", `{{ ${createExpression(random)} }}`]),
    );
    const query = random.chance(0.2) ? `?q={{ ${createExpression(random)} }}` : "";
    return { url: `${origin}/${path.join("/")}${query}` };
  }

  text(): string {
    const random = this.#random;
    if (random.chance(0.5)) return `{{ ${createExpression(random)} }}`;
    const pieces = Array.from({ length: 1 + random.below(4) }, () =>
      random.chance(0.5)
        ? `{{${createExpression(random)}}}`
        : random.pick(["Hi ", "", "\\{{ x }}", "}} {", " é🎟 ", "\n", '"\\']),
    );
    return pieces.join("");
  }

  textOrSecret(): unknown {
    const random = this.#random;
    if (random.chance(0.1)) return this.secret();
    return random.chance(0.1) ? random.pick([0, -1.5, true, false]) : this.text();
  }

  secret(): unknown {
    return { $secret: this.#name() };
  }

  #name(): string {
    const name = `KEY_${this.#random.below(3)}`;
    this.#secrets.add(name);
    return name;
  }

  headers(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.record(() => this.textOrSecret())).map(([name, value]) => [`x-${name}`, value]),
    );
  }

  record(make: () => unknown): Record<string, unknown> {
    return Object.fromEntries(Array.from({ length: this.#random.below(4) }, (_, index) => [`k${index}`, make()]));
  }

  node(depth: number): unknown {
    const random = this.#random;
    if (depth <= 0 || random.chance(0.4)) return this.textOrSecret();
    if (random.chance(0.01)) return { $each: "{{ list }}", $do: "{{ $webhook }}" }; // of a long list too much
    switch (random.below(6)) {
      case 0:
        return Array.from({ length: random.below(4) }, () => this.node(depth - 1));
      case 1:
        return {
          $each: `{{ ${createExpression(random)} }}`,
          ...(random.chance(0.3) && { $as: random.pick(["item", "x", "a"]) }),
          $do: this.node(depth - 1),
        };
      case 2:
        return {
          $if: `{{ ${createExpression(random)} }}`,
          $then: this.node(depth - 1),
          ...(random.chance(0.5) && { $else: this.node(depth - 1) }),
        };
      case 3:
        if (random.chance(0.05)) return random.pick([{ $then: 1 }, { $secret: 5 }, { $each: "x" }]);
        return random.pick([0, "", "fixed", [], {}, true, 1.5]);
      default:
        return this.record(() => this.node(depth - 1));
    }
  }
}
