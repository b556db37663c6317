// Mailchimp: the customer as a member of an audience, created or updated.

import { CONTACT_CHANGES, type ContactChange } from "./contact-changes.ts";
import { CUSTOMER, eachFamily } from "./families.ts";
import type { AnswerCondition, Recipe } from "./recipe.ts";

/** A member's address under Mailchimp's API: the MD5 of the e-mail address in lowercase. */
export const MAILCHIMP_MEMBER_URL =
  "https://<<data_centre>>.api.mailchimp.com/3.0/lists/<<audience>>/members/{{ $md5($lowercase($required($default(customer.email, holder.email), 'the customer has no email'))) }}";

/** Where Mailchimp keeps the account, and which audience. */
export const MAILCHIMP_SETTINGS: Recipe["settings"] = {
  data_centre: {
    kind: "text",
    meaning: "The data centre: what stands behind the dash in the API key",
    pattern: "[a-z]{2}[0-9]{1,3}",
    example: "us21",
  },
  audience: { kind: "text", meaning: "The audience's id", pattern: "[0-9a-z]{6,20}", example: "a1b2c3d4e5" },
};

/** How Mailchimp's gatekeeper refuses for now: 403 with a page or with nothing, where its API says in JSON what is wrong. */
export const MAILCHIMP_BUSY: readonly AnswerCondition[] = [
  [
    { path: "status", op: "eq", value: 403 },
    { path: "headers.content-type", op: "contains", value: "text/html" },
  ],
  [
    { path: "status", op: "eq", value: 403 },
    { path: "body", op: "eq", value: "" },
  ],
];

/** Merge tags of what events change; a tag has ten characters at most. */
const MERGE_TAGS: Readonly<Record<ContactChange, string>> = {
  firstName: "FNAME",
  lastName: "LNAME",
  phone: "PHONE",
  code: "VCODE",
  points: "VPOINTS",
  tier: "VTIER",
  lastEvent: "VEVENT",
};

/** Mailchimp's "add or update list member". */
export const mailchimpMember: Recipe = {
  id: "mailchimp-member",
  title: "Mailchimp: add or update a member",
  summary:
    "Creates or updates the customer in an audience, with the latest event, code, points or tier as merge fields.",
  documentation: {
    url: "https://mailchimp.com/developer/marketing/api/list-members/add-or-update-list-member/",
    readOn: "2026-11-22",
  },
  evidence: { url: "read", authentication: "secondary", body: "secondary", success: "secondary", limits: "secondary" },
  notes: [
    "Make the merge fields VEVENT, VCODE, VTIER (text) and VPOINTS (number) first; FNAME, LNAME and PHONE are there in every audience. Names and telephone are written by events about the customer itself only, like customer.updated.",
    "Members that exist keep their status; `status` is for new ones. The default subscribes nobody: transactional members get no campaigns. Choose subscribed only where the customer has consented.",
    "Events without a customer's e-mail address cannot be sent. Do not route customer.deleted here: it would make the member again.",
    "Events can overtake each other: after a retry the older of two balances may be the one that stays.",
    "Mailchimp takes ten connections at a time; beyond that its gatekeeper answers 429, or 403 with a page in HTML or without a body, which is tried again.",
  ],
  settings: {
    ...MAILCHIMP_SETTINGS,
    status: {
      kind: "choice",
      meaning: "The status of members that are new",
      choices: {
        transactional: "transactional",
        subscribed: "subscribed",
        pending: "pending",
        unsubscribed: "unsubscribed",
      },
      default: "transactional",
    },
  },
  secrets: { api_key: "An API key" },
  // Mailchimp reads the key only; any user name will do.
  authentication: { type: "basic", username: "signalbox", password: "api_key" },
  requests: eachFamily((family) => ({
    method: "PUT",
    url: MAILCHIMP_MEMBER_URL,
    // A merge field that the audience requires of its forms must not refuse a member that has none.
    query: { skip_merge_validation: "true" },
    body: {
      email_address: CUSTOMER.requiredEmail,
      status_if_new: "<<status>>",
      merge_fields: Object.fromEntries(
        CONTACT_CHANGES[family].map(([change, expression]) => [MERGE_TAGS[change], expression]),
      ),
    },
  })),
  retry: MAILCHIMP_BUSY,
  idempotency: { kind: "upsert", field: "the e-mail address" },
  limits: { bodyBytesMax: 1_000_000, concurrency: 10 },
};
