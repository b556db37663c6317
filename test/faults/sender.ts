// Those who use a Signalbox: Voucherify, which posts sendouts until they are accepted, and people at the admin API.

import { publishTable } from "../../src/routing/table-store.ts";
import { readHead } from "../../src/ledger/table-versions.ts";
import { signBody } from "../../src/voucherify/signature.ts";
import { createSendout } from "../fixtures/sendout.ts";
import { bytes } from "../unit/bytes.ts";
import { SECRETS } from "../unit/faults.ts";
import type { Posted } from "./invariants.ts";
import type { Random } from "./random.ts";
import { hostOf } from "./target-plans.ts";
import { VAULT_SECRET, VaultValues } from "./vault-values.ts";
import type { World } from "./world.ts";

/** When Voucherify tries again after anything but a 2xx, in milliseconds: its first wait, every time. */
const AGAIN_MS = 60_000;

/** Users of one world. */
export interface Sender {
  posted: readonly Posted[];
  /** How often somebody has asked for a delivery to be sent again, by its key in the ledger. */
  askedAgain: ReadonlyMap<string, number>;
  /** Whether every sendout that was posted has been accepted. */
  readonly isDone: boolean;
  /** Makes a sendout that can be posted, of one customer or the other in turn unless it is said. Returns its name. */
  create(customer?: number): Promise<string>;
  /** Posts it, and again until it is accepted. */
  post(ref: string): void;
  admin(path: string, body: object): void;
  /** Does something to one of the deliveries there are. */
  adminDelivery(operation: "retry" | "cancel" | "release", random: Random): void;
  publish(document: object): void;
  /** Puts another value into the vault. */
  replaceSecret(): void;
}

/**
 * The users of a world whose first table is published, and whose vault has a secret for the target `crm`.
 *
 * @param first the number of the first sendout's id: a sendout's database goes by that
 */
export async function createSender(
  world: World,
  document: object,
  vault = new VaultValues(),
  first = 1,
): Promise<Sender> {
  const sendouts = new Map<string, { posted: Posted; body: Uint8Array<ArrayBuffer>; signature: string }>();
  const askedAgain = new Map<string, number>();
  let outstanding = 0;
  const publish = (next: object) => {
    world.start("admin", async (env) => {
      const head = await readHead(env.LEDGER).catch(() => undefined);
      if (head !== undefined) await publishTable(env, head.version, next, world.clock.now).catch(() => undefined);
    });
  };
  await publishFirst(world, document);
  await vault.putFirst(world.ledger, hostOf("crm"), world.clock.now);

  const post = (ref: string) => {
    const sendout = sendouts.get(ref);
    if (sendout === undefined) throw new Error(`there is no sendout ${ref}`);
    outstanding++;
    const headers = { "x-voucherify-signature": sendout.signature, "cf-connecting-ip": "203.0.113.7" };
    const request = new Request("https://signalbox.example.com/in/voucherify", {
      method: "POST",
      body: sendout.body,
      headers,
    });
    world.request("post", request, async (response) => {
      outstanding--;
      if (response?.status === 202) {
        const { id } = await response.json<{ id: string }>();
        sendout.posted.accepted.push(id);
        return;
      }
      if (response !== undefined && response.status < 500)
        world.problems.push(`${ref} was answered ${response.status}`);
      outstanding++;
      world.at(world.clock.now + AGAIN_MS, () => {
        outstanding--;
        post(ref);
      });
    });
  };

  const ask = (method: string, path: string, body: object, answered: (response: Response | undefined) => void) => {
    const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}`, "content-type": "application/json" };
    const init = { method, headers, body: JSON.stringify(body) };
    world.request("admin", new Request(`https://signalbox.example.com/admin/${path}`, init), answered);
  };
  const admin = (path: string, body: object) => ask("POST", path, body, () => undefined);

  return {
    get posted() {
      return [...sendouts.values()].map(({ posted }) => posted);
    },
    get isDone() {
      return outstanding === 0;
    },
    async create(number = sendouts.size % 2) {
      const ref = `whs_${(sendouts.size + first).toString(16).padStart(18, "0")}`;
      const voucher = { id: "v_1", code: `CODE-${sendouts.size}`, object: "voucher" };
      const customer = { id: `cust_${number}`, object: "customer" };
      const data = { redemption: { id: "r_1", object: "redemption", voucher }, voucher, customer };
      const body = bytes(JSON.stringify(createSendout({ id: ref, data })));
      const signature = await signBody(body, SECRETS.VOUCHERIFY_SECRET);
      sendouts.set(ref, { posted: { ref, accepted: [] }, body, signature });
      return ref;
    },
    askedAgain,
    post,
    admin,
    adminDelivery(operation, random) {
      // A person sees in the ledger what there is.
      const keys = [...new Set(world.calls.map(({ key }) => key))];
      if (keys.length === 0) return;
      const key = random.pick(keys);
      if (operation === "retry") askedAgain.set(`${key}.0`, (askedAgain.get(`${key}.0`) ?? 0) + 1);
      admin(`deliveries/${key}/${operation}`, {});
    },
    publish,
    replaceSecret() {
      const put = vault.create(world.clock.now);
      ask("PUT", `secrets/${VAULT_SECRET}`, { value: put.value }, (response) => {
        if (response?.status === 200) put.answeredAt = world.clock.now;
      });
    },
  };
}

/** Before anything happens: straight into the ledger and KV. */
async function publishFirst(world: World, document: object): Promise<void> {
  const text = JSON.stringify(document);
  await world.ledger
    .prepare("INSERT INTO table_versions (version, published_at, document) VALUES (1, ?1, ?2)")
    .bind(world.clock.now, text)
    .run();
  world.kv.values.set("table:current", [JSON.stringify({ version: 1, document })]);
}
