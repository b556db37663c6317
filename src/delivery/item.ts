// A delivery on its way through a batch.

import type { DeliverMessage } from "./message.ts";

/** A message in hand and the delivery it is about. */
export interface Item {
  message: Message;
  delivery: DeliverMessage;
}

/** One that may be called, with the lease its gate gave. */
export interface Going extends Item {
  lease: number;
}
