// KV namespaces, D1 databases and R2 buckets of an account: that they are there. What is in them is in the router of a test.

import { Hono } from "hono";
import { createId, type Account } from "./account.ts";
import { done, list, refuse } from "./answers.ts";

/** The calls about storage. */
export function storage({ namespaces, databases, buckets }: Account): Hono {
  return new Hono()
    .get("/storage/kv/namespaces", (c) =>
      list(
        c,
        [...namespaces].map(([title, id]) => ({ id, title })),
      ),
    )
    .post("/storage/kv/namespaces", async (c) => {
      const { title } = await c.req.json<{ title: string }>();
      if (namespaces.has(title)) {
        return refuse(c, 400, 10014, "create namespace: 'A namespace with this account ID and title already exists.'");
      }
      const id = createId();
      namespaces.set(title, id);
      return done(c, { id, title });
    })
    .get("/d1/database", (c) =>
      list(
        c,
        [...databases].map(([name, uuid]) => ({ uuid, name })),
      ),
    )
    .get("/d1/database/:database", (c) => {
      const asked = c.req.param("database");
      const [name, uuid] = [...databases].find((one) => one.includes(asked)) ?? [];
      return name === undefined
        ? refuse(c, 404, 7404, `The database ${asked} could not be found`)
        : done(c, { uuid, name });
    })
    .post("/d1/database", async (c) => {
      const { name } = await c.req.json<{ name: string }>();
      if (databases.has(name)) return refuse(c, 400, 7502, "A database with that name already exists");
      const uuid = crypto.randomUUID();
      databases.set(name, uuid);
      return done(c, { uuid, name });
    })
    .get("/r2/buckets", (c) => done(c, { buckets: [...buckets].map((name) => ({ name })) }))
    .get("/r2/buckets/:name", (c) => {
      const name = c.req.param("name");
      return buckets.has(name) ? done(c, { name }) : refuse(c, 404, 10006, "The specified bucket does not exist.");
    })
    .post("/r2/buckets", async (c) => {
      const { name } = await c.req.json<{ name: string }>();
      buckets.add(name);
      return done(c, { name });
    });
}
