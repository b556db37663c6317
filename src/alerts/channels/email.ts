// Alerts by e-mail, through Cloudflare's `send_email` binding, which makes the message from its parts.
// https://developers.cloudflare.com/email-routing/email-workers/send-email-workers/ (types of 2026-10-26)

import type { Message } from "../../ledger/alerts.ts";
import { errorMessage } from "../../log.ts";
import type { Channel } from "../settings.ts";
import type { Answer } from "./send-alert.ts";

/** Sends a message to every address of the channel. Never rejects. */
export async function sendEmail(
  { binding, from, to }: Channel & { type: "email" },
  { title, lines, link }: Message,
  env: object,
): Promise<Answer> {
  const found: unknown = Object.hasOwn(env, binding) ? Reflect.get(env, binding) : undefined;
  if (!isSendEmail(found)) return { ok: false, answer: `there is no send_email binding ${binding} in wrangler.toml` };
  const text = [...lines, ...(link === null ? [] : [link])].join("\n\n");
  try {
    await found.send({ from: { name: "Signalbox", email: from }, to: [...to], subject: `[Signalbox] ${title}`, text });
    return { ok: true, answer: "taken by Cloudflare" };
  } catch (error) {
    return { ok: false, answer: errorMessage(error) };
  }
}

function isSendEmail(value: unknown): value is SendEmail {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "send") === "function";
}
