// What a recipe is: a target's definition that ships with Signalbox, as data and templates. One file per destination
// and one line in registry.ts; nothing else knows any of them by name.

import type { RequestTemplateSource } from "../translation/request.ts";
import type { PlainCondition } from "../translation/condition.ts";
import type { Family } from "./families.ts";

/** Something that whoever uses a recipe decides. Its value replaces `<<name>>` in the recipe's templates. */
export type Setting =
  /** One of a few: the host of a region, never free text. What is chosen stands for its value. */
  | { kind: "choice"; meaning: string; choices: Readonly<Record<string, string>>; default?: string }
  /** A text that is taken as it is. `pattern` is the whole of a regular expression's source. */
  | { kind: "text"; meaning: string; pattern: string; example: string; default?: string }
  /** A text with expressions in it. */
  | { kind: "template"; meaning: string; default: string };

/**
 * How a recipe proves who sends. `secret` and the like name entries of the recipe's `secrets`. Those below the line
 * ask somebody for a token or sign the request.
 */
export type RecipeAuthentication =
  | { type: "none" }
  | { type: "bearer"; secret: string }
  | { type: "basic"; username: string; password: string }
  | { type: "header"; name: string; secret: string; prefix?: string }
  // ──
  | { type: "standard_webhooks"; secrets: readonly string[] }
  | { type: "oauth2_client_credentials"; tokenUrl: string; clientId: string; clientSecret: string; scope?: string }
  | { type: "google_service_account"; key: string; scopes: readonly string[] }
  | { type: "aws_sigv4"; service: string; region: string; accessKeyId: string; secretAccessKey: string };

/** How far a claim about the destination can be trusted. */
export type Evidence =
  /** Read in the vendor's own documentation, schema or code. */
  | "read"
  /** Read elsewhere. */
  | "secondary"
  /** From memory: check it before relying on it. */
  | "memory";

/** How a destination recognises a request that it has had. */
export type Idempotency =
  /** It does not: a repeat is a second message, event or row. */
  | { kind: "none" }
  /** By a header, which Signalbox sends with every request. */
  | { kind: "header"; header: string; windowSeconds?: number }
  /** By an id in the body, made by `$uuid`, `$ulid` or `$key`. */
  | { kind: "body"; field: string; windowSeconds?: number }
  /** A repeat writes the same thing again. */
  | { kind: "upsert"; field: string };

/** Sizes, rates and ages. */
export interface Limits {
  /** Largest body the destination takes, in bytes. */
  bodyBytesMax: number;
  ratePerSecond?: number;
  concurrency?: number;
  /** After this time the destination ignores what happened, in seconds since the event. */
  maxAgeSeconds?: number;
}

/** A condition on an answer (`status`, `headers.…` in lowercase, `body.…`), or several that must all hold. */
export type AnswerCondition = PlainCondition | readonly [PlainCondition, ...PlainCondition[]];

/** A destination. */
export interface Recipe {
  /** Lowercase letters, digits and hyphens: `braze`, `slack-webhook`. */
  id: string;
  title: string;
  /** What it does there, in one sentence. */
  summary: string;
  /** The vendor's own page, and the day it was read. */
  documentation: { url: string; readOn: string };
  /** What is known how well, by what it is about: `url`, `authentication`, `body`, `success`, `limits`, … */
  evidence: Readonly<Record<string, Evidence>>;
  /** What whoever uses it should know: traps, what the destination does not say. */
  notes?: readonly string[];
  settings: Readonly<Record<string, Setting>>;
  /** The secrets it needs, by name, with what they are. */
  secrets: Readonly<Record<string, string>>;
  /** Secrets that it uses only when a target names them. */
  optionalSecrets?: Readonly<Record<string, string>>;
  authentication: RecipeAuthentication;
  /** The request for each family of events it is made for. */
  requests: Readonly<Partial<Record<Family, RecipeRequest>>>;
  /** All must hold for an answer with 2xx to count as delivered; without it any 2xx does. */
  success?: readonly PlainCondition[];
  /** When an entry holds, the answer is one to try again after, whatever its status. */
  retry?: readonly AnswerCondition[];
  /** When an entry holds, it is of no use to try again, whatever the status and whatever `retry` says. */
  permanent?: readonly AnswerCondition[];
  idempotency: Idempotency;
  /**
   * `hold` where a request that may have arrived is better not made again by itself: somebody would read a second
   * message. Left out, it is made again.
   */
  onAmbiguous?: "hold";
  limits: Limits;
}

/** A request template with `<<settings>>` in it. */
export type RecipeRequest = Omit<Partial<RequestTemplateSource>, "url"> & { url: string };
