// The fault rig's outage in a Durable Object of its own, which bench/outage.ts takes through it step by step. JavaScript,
// because it takes in the rig, which has the Workers' types.

import { DurableObject } from "cloudflare:workers";
import { Outage } from "../../test/faults/outage.ts";
import { createStorageLedger } from "../../test/faults/storage-ledger.ts";

export class Rig extends DurableObject {
  #outage;

  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const number = (name) => Number(searchParams.get(name));
    switch (pathname) {
      case "/begin": {
        const ledger = createStorageLedger(this.ctx.storage);
        const options = { deliveries: number("deliveries"), hours: number("hours"), seed: number("seed") };
        this.#outage = await Outage.begin({ state: this.ctx, ledger, ...options });
        return Response.json({});
      }
      case "/pass":
        await this.#outage.pass(number("minutes"));
        return Response.json({
          minute: this.#outage.minute,
          isDrained: this.#outage.isDrained,
          storageBytes: this.ctx.storage.sql.databaseSize,
        });
      default:
        return Response.json(await this.#outage.report());
    }
  }

  /** The Inbox sets alarms, of which the rig's own clock takes care. */
  alarm() {}
}

export default {
  fetch: async (request, env) => env.RIG.getByName("rig").fetch(request),
};
