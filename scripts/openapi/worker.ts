// Answers with the OpenAPI document. The Worker's sources need workerd, so the document is made inside it.

import { app } from "../../src/app.ts";
import { openApiDocument } from "./document.ts";

const worker = {
  async fetch(): Promise<Response> {
    return Response.json(await openApiDocument(app));
  },
};

// oxlint-disable-next-line import/no-default-export -- a Worker's entry is its default export
export default worker;
