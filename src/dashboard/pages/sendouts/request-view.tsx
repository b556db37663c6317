// A request as it was sent: secrets stand there as their names, which is all that was kept of them.

import * as v from "valibot";
import { CopyButton } from "../../components/copy-button.tsx";
import { toCurl } from "../../../translation/curl.ts";
import { RenderedRequestSchema, type RenderedRequest, type RenderedText } from "../../../translation/rendered.ts";

/** The request of a delivery, with a button that copies it as a command; nothing where there is none to be seen. */
export function RequestView({ request, deliveryId }: { request: unknown; deliveryId: string }) {
  const parsed = v.safeParse(RenderedRequestSchema, request);
  if (!parsed.success) return null;
  const { method, url, headers, body } = parsed.output;
  // What delivery adds to every request. Authentication is the target's of the day, and is left to whoever runs it.
  const key = `Idempotency-Key: ${deliveryId}`;
  return (
    <details class="request-view">
      <summary>Request as sent</summary>
      <div class="request-view-head mono">
        <b>{method}</b> <Text text={url} />
        <CopyButton text={toCurl(parsed.output, [["-H", [key]]])} label="Copy as curl" isLabelled tone="plain" />
      </div>
      <dl class="headers mono">
        {[...headers, ["Idempotency-Key", [deliveryId]] satisfies RenderedRequest["headers"][number]].map(
          ([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Text text={value} />
              </dd>
            </div>
          ),
        )}
      </dl>
      {body !== undefined && (
        <pre class="payload">
          <Text text={indent(body)} />
        </pre>
      )}
    </details>
  );
}

function Text({ text }: { text: RenderedText }) {
  return (
    <>
      {text.map((part) =>
        typeof part === "string" ? (
          part
        ) : (
          <span
            key={part.$secret}
            class="secret-name"
            title="Its value was added when it was sent, and is kept nowhere."
          >
            {part.$secret}
          </span>
        ),
      )}
    </>
  );
}

/** JSON is set out in lines; what has secrets in it, or is none, stays as it was sent. */
function indent(body: RenderedText): RenderedText {
  const [only, ...others] = body;
  if (typeof only !== "string" || others.length > 0) return body;
  try {
    return [JSON.stringify(JSON.parse(only), null, 2)];
  } catch {
    return body;
  }
}
