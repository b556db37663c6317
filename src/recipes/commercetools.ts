// commercetools: a custom object, created or replaced by container and key.

import { CUSTOMER, eachFamily, EVENT, PROPERTIES } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** commercetools' custom objects. */
export const commercetools: Recipe = {
  id: "commercetools",
  title: "commercetools: custom object",
  summary: "Writes the event into a custom object, which queries and extensions of commercetools can read.",
  documentation: { url: "https://docs.commercetools.com/api/projects/custom-objects", readOn: "2026-11-24" },
  evidence: { url: "read", authentication: "read", body: "read", success: "read", limits: "memory", regions: "memory" },
  notes: [
    "There is an object for each sendout. To keep the latest event of each customer instead, say {{ customer.id }} in `key`; a key has letters, digits and - _ ~ . only.",
    "A repeat writes the same object again.",
    "A project holds 20,000,000 custom objects: remove old ones.",
    "Two writes at once to one key are answered 409, which is tried again.",
  ],
  settings: {
    region: {
      kind: "choice",
      meaning: "Where the project is hosted",
      choices: {
        "europe-west1.gcp": "europe-west1.gcp",
        "eu-central-1.aws": "eu-central-1.aws",
        "us-central1.gcp": "us-central1.gcp",
        "us-east-2.aws": "us-east-2.aws",
        "australia-southeast1.gcp": "australia-southeast1.gcp",
      },
    },
    project: {
      kind: "text",
      meaning: "The project's key",
      pattern: "[a-z0-9][a-z0-9_-]{1,35}",
      example: "lantern-shop",
    },
    container: {
      kind: "text",
      meaning: "The container that the objects are in",
      pattern: "[-_~.a-zA-Z0-9]{1,256}",
      example: "voucherify",
      default: "voucherify",
    },
    key: { kind: "template", meaning: "The object's key", default: "{{ $key(43) }}" },
  },
  secrets: {
    client_id: "The id of an API client with the scope manage_key_value_documents",
    client_secret: "Its secret",
  },
  authentication: {
    type: "oauth2_client_credentials",
    tokenUrl: "https://auth.<<region>>.commercetools.com/oauth/token",
    clientId: "client_id",
    clientSecret: "client_secret",
    scope: "manage_key_value_documents:<<project>>",
  },
  requests: eachFamily((family) => ({
    url: "https://api.<<region>>.commercetools.com/<<project>>/custom-objects",
    body: {
      container: "<<container>>",
      key: "<<key>>",
      value: {
        event: EVENT.type,
        occurred_at: EVENT.time,
        customer_id: CUSTOMER.id,
        customer_email: CUSTOMER.email,
        ...PROPERTIES[family],
      },
    },
  })),
  retry: [{ path: "status", op: "eq", value: 409 }],
  idempotency: { kind: "upsert", field: "container and key" },
  limits: { bodyBytesMax: 2_000_000 },
};
