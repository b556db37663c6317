// The Management API's errors, in the shapes of its published examples.
// https://docs.voucherify.io/api-reference/management/create-webhook (read 2026-11-22)

import { createId } from "./ids.ts";

/** An answer of the API; without `json` it has no body. */
export interface Reply {
  status: number;
  json?: object;
}

/** The credentials are missing or wrong. */
export function unauthorized(): Reply {
  return { status: 401, json: { code: 401, key: "unauthorized", message: "Unauthorized" } };
}

/** The plan is not Enterprise. */
export function paymentRequired(): Reply {
  const details = "Your current plan does not include a feature required to perform this operation.";
  return { status: 402, json: { code: 402, key: "missing_required_feature", message: "Payment required", details } };
}

/** The project or webhook is not there. */
export function resourceNotFound(type: "project" | "webhook", id: string): Reply {
  return {
    status: 404,
    json: {
      code: 404,
      key: "not_found",
      message: "Resource not found",
      details: `Cannot find ${type} with id ${id}`,
      request_id: createId("v-"),
      resource_id: id,
      resource_type: type,
    },
  };
}

/** The body's properties are not as they should be. */
export function invalidPayload(details: string): Reply {
  return {
    status: 400,
    json: { code: 400, key: "invalid_payload", message: "Invalid payload", details, request_id: createId("v-") },
  };
}

/** The body is not JSON: an answer of the vendor's web server rather than of its API, hence another shape. */
export function notJson(): Reply {
  return {
    status: 400,
    json: { statusCode: 400, error: "Bad Request", message: "Invalid request payload JSON format" },
  };
}

/** No such path, or not with this method. */
export function noSuchRoute(): Reply {
  return { status: 404, json: { statusCode: 404, error: "Not Found", message: "Not Found" } };
}
