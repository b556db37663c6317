// The OpenAPI document as far as the reference page reads it. scripts/openapi makes it, and a test holds it against
// OpenAPI's own schema.

/** A JSON Schema, as far as it is shown. */
export interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  description?: string;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  allOf?: readonly Schema[];
  enum?: readonly unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  minimum?: number;
  maximum?: number;
}

/** A body of one media type. */
export interface Media {
  schema?: Schema;
  example?: unknown;
}

/** An answer; a call may refer to one that many have in common. */
export interface Answer {
  $ref?: string;
  description?: string;
  content?: Readonly<Record<string, Media>>;
}

/** What stands in the path, the query or the headers of a call. */
export interface Parameter {
  in: string;
  name: string;
  required?: boolean;
  description?: string;
  schema: Schema;
}

/** One call. */
export interface Operation {
  summary: string;
  description: string;
  tags: readonly string[];
  security: readonly Readonly<Record<string, readonly string[]>>[];
  parameters?: readonly Parameter[];
  requestBody?: { content: Readonly<Record<string, Media>> };
  responses: Readonly<Record<string, Answer>>;
}

/** The whole document. */
export interface OpenApi {
  info: { title: string; version: string; description: string };
  tags: readonly { name: string; description: string }[];
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: {
    schemas: Readonly<Record<string, Schema>>;
    responses: Readonly<Record<string, Answer>>;
    securitySchemes: Readonly<Record<string, { description: string }>>;
  };
}
