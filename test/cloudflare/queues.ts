// Queues of an account, and who consumes them.

import { Hono } from "hono";
import { createId, type Account, type QueueState } from "./account.ts";
import { done, list, refuse } from "./answers.ts";

type Consumer = Omit<QueueState["consumers"][number], "consumer_id" | "script"> & { script_name: string };

/** The calls about queues. */
export function queues(account: Account): Hono {
  const byId = (id: string) => [...account.queues.values()].find(({ queue_id }) => queue_id === id);
  return new Hono()
    .get("/queues", (c) => {
      const names = c.req.queries("name");
      const all = [...account.queues.values()];
      return list(c, names === undefined ? all : all.filter(({ queue_name }) => names.includes(queue_name)));
    })
    .post("/queues", async (c) => {
      const { queue_name } = await c.req.json<{ queue_name: string }>();
      if (account.queues.has(queue_name)) return refuse(c, 409, 11009, `Queue name '${queue_name}' is already taken.`);
      const queue = { queue_id: createId(), queue_name, consumers: [] };
      account.queues.set(queue_name, queue);
      return done(c, queue);
    })
    .post("/queues/:id/consumers", async (c) => {
      const queue = byId(c.req.param("id"));
      if (queue === undefined) return refuse(c, 404, 11000, "Queue not found.");
      if (queue.consumers.length > 0) return refuse(c, 409, 11004, `Queue ${queue.queue_name} already has a consumer.`);
      const { script_name: script, ...consumer } = await c.req.json<Consumer>();
      queue.consumers.push({ consumer_id: createId(), script, ...consumer });
      return done(c, queue.consumers[0]);
    })
    .put("/queues/:id/consumers/:consumer", async (c) => {
      const consumer = byId(c.req.param("id"))?.consumers.find(
        ({ consumer_id }) => consumer_id === c.req.param("consumer"),
      );
      if (consumer === undefined) return refuse(c, 404, 11000, "Consumer not found.");
      const { script_name: script, ...changed } = await c.req.json<Consumer>();
      return done(c, Object.assign(consumer, changed, { script }));
    });
}
