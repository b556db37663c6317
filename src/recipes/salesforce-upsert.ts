// Salesforce: the customer's record, created or updated by an external id.

import { CONTACT_CHANGES, type ContactChange } from "./contact-changes.ts";
import { CUSTOMER, eachFamily, EVENT } from "./families.ts";
import type { Recipe } from "./recipe.ts";
import { SALESFORCE, SALESFORCE_DAILY_NOTE } from "./salesforce.ts";

const NAME = "$default(customer.name, holder.name, customer.email, holder.email)";

/** Names, which only events about the customer itself write. Salesforce wants a last name of a new contact. */
const NAMES = {
  FirstName: `{{ $contains(${NAME}, ' ') ? $substringBefore(${NAME}, ' ') }}`,
  LastName: `{{ $contains(${NAME}, ' ') ? $substringAfter(${NAME}, ' ') : ${NAME} }}`,
} as const;

/** Fields of what events change beside names. */
const FIELDS: Readonly<Partial<Record<ContactChange, string>>> = {
  phone: "Phone",
  code: "Voucherify_Code__c",
  points: "Voucherify_Points__c",
  tier: "Voucherify_Tier__c",
  lastEvent: "Voucherify_Last_Event__c",
};

/** Salesforce's upsert by external id. */
export const salesforceUpsert: Recipe = {
  id: "salesforce-upsert",
  title: "Salesforce: upsert a record",
  summary: "Creates or updates the customer's record, found by the customer's source_id in an external id field.",
  documentation: {
    url: "https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_upsert.htm",
    readOn: "2026-11-22",
  },
  evidence: SALESFORCE.evidence,
  notes: [
    "Make the fields first, as they are named here: the external id field, Voucherify_Last_Event__c, Voucherify_Last_Event_At__c (date/time), Voucherify_Code__c, Voucherify_Points__c (number), Voucherify_Tier__c. Salesforce answers 400 for a field it does not know.",
    "Names and telephone are written by events about the customer itself only, like customer.created. Salesforce makes no contact without a last name, so of a customer whom it does not know every other event fails with REQUIRED_FIELD_MISSING.",
    "Events without a customer cannot be sent: of those that are about campaigns, vouchers or rules, route only what belongs to a customer. Do not route customer.deleted here: it would make the record again.",
    "Events can overtake each other: after a retry the older of two balances may be the one that stays.",
    SALESFORCE_DAILY_NOTE,
    "300 says that several records have this external id; the delivery fails.",
  ],
  settings: {
    ...SALESFORCE.settings,
    object: {
      kind: "text",
      meaning: "The object that customers are: Contact, or Account where they are person accounts",
      pattern: "[A-Za-z][A-Za-z0-9_]{0,79}",
      example: "Contact",
      default: "Contact",
    },
    id_field: {
      kind: "text",
      meaning: "Its external id field that has the customer's source_id",
      pattern: "[A-Za-z][A-Za-z0-9_]{0,79}",
      example: "Voucherify_Source_Id__c",
      default: "Voucherify_Source_Id__c",
    },
  },
  secrets: SALESFORCE.secrets,
  authentication: SALESFORCE.authentication,
  requests: eachFamily((family) => ({
    method: "PATCH",
    url: `https://<<host>>/services/data/v<<version>>/sobjects/<<object>>/<<id_field>>/${CUSTOMER.requiredId}`,
    body: {
      ...(family === "other" && NAMES),
      Email: CUSTOMER.email,
      Voucherify_Last_Event_At__c: EVENT.time,
      ...Object.fromEntries(
        CONTACT_CHANGES[family].flatMap(([change, expression]) => {
          const field = FIELDS[change];
          return field === undefined ? [] : [[field, expression] as const];
        }),
      ),
    },
  })),
  retry: [
    {
      path: "body.0.errorCode",
      op: "in",
      value: ["REQUEST_LIMIT_EXCEEDED", "UNABLE_TO_LOCK_ROW", "INVALID_SESSION_ID", "SERVER_UNAVAILABLE"],
    },
  ],
  idempotency: { kind: "upsert", field: "the external id" },
  limits: { bodyBytesMax: 1_000_000 },
};
