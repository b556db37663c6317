// Why Voucherify could not be asked about its webhook, and what somebody can do about it.

import type { ComponentChildren } from "preact";
import { Link } from "wouter-preact";
import { Remedy } from "../../components/remedy.tsx";
import type { Upstream } from "./inlets.tsx";

/** What it was, and the remedy. */
export function UpstreamProblem({ reason, detail }: NonNullable<Upstream["problem"]>) {
  return (
    <>
      <p class="settings-trouble">Voucherify could not be asked: {detail}</p>
      <Remedy>{remedyOf(reason)}</Remedy>
    </>
  );
}

/** By the reasons of `GET /admin/upstream`; most of what is not among these passes by itself. */
function remedyOf(reason: string): ComponentChildren {
  switch (reason) {
    case "secret_missing":
      return (
        <>
          Set it under <SecretsLink />, for the host of the API, or as a secret of the Worker.
        </>
      );
    case "credentials_refused":
      return (
        <>
          Compare both credentials of the Management API with those in Voucherify, and set them again under{" "}
          <SecretsLink />. See also whether the API of these settings is that of the project&apos;s cluster.
        </>
      );
    case "address_refused":
      return "Put the address of Voucherify's API into these settings.";
    case "not_there":
      return "Compare the project's id and the API in these settings with Voucherify.";
    case "plan_lacks_api":
      return "Voucherify has its Management API for Enterprise plans. Follow the steps above by hand, and take these settings out.";
    case "request_refused":
      return "Voucherify's API wants something else than this release sends. Follow the steps above by hand.";
    case "secret_unavailable":
      return "The vault is in a database that does not answer now. Look again in a minute.";
    default:
      return "Look again in a minute: the watch does so by itself, too.";
  }
}

function SecretsLink() {
  return <Link href="/settings/secrets">Secrets</Link>;
}
