// Load on an inlet: as much as it takes, a fixed rate, or so many sendouts as fast as they go. Whatever is answered
// must be a 202; anything else ends the benchmark.

import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import autocannon from "autocannon";
import type { SignedSendout } from "./sendouts.ts";

/** Connections that post at the same time, each with one request under way. */
export const CONNECTIONS = 32;

/**
 * Posts as much as the inlet takes for some seconds, over kept connections without pipelining.
 *
 * @throws when an answer is missing or is not 202
 */
export async function saturate(
  url: string,
  sendouts: readonly SignedSendout[],
  seconds: number,
): Promise<{ count: number; perSecond: number }> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    pipelining: 1,
    duration: seconds,
    requests: sendouts.map(({ body, headers }) => ({ method: "POST", body, headers })),
  });
  const statuses = JSON.stringify(result.statusCodeStats);
  const count = result.statusCodeStats?.["202"]?.count ?? 0;
  if (result.errors > 0 || count === 0 || Object.keys(result.statusCodeStats ?? {}).length > 1) {
    throw new Error(`${url}: ${result.errors} errors, ${result.timeouts} timeouts, answers by status: ${statuses}`);
  }
  return { count, perSecond: count / result.duration };
}

/**
 * Posts at a fixed rate, evenly spaced and without waiting for answers, and returns how long each answer took, in
 * milliseconds. (autocannon's own rate limit sends each second's requests in one burst at its beginning.)
 *
 * @param onPost is told of each sendout at the moment it is posted
 * @throws when an answer is not 202
 */
export async function pace(
  url: string,
  sendouts: readonly SignedSendout[],
  perSecond: number,
  onPost: (sendout: SignedSendout) => void = () => undefined,
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const startedAt = performance.now();
  const answers: Promise<number>[] = [];
  for (const [index, sendout] of sendouts.entries()) {
    const waitMs = startedAt + (index * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    onPost(sendout);
    answers.push(post(url, sendout, agent));
  }
  const latencies = await Promise.all(answers);
  agent.destroy();
  return latencies;
}

/**
 * Posts every sendout once, as fast as they go over `CONNECTIONS` kept connections.
 *
 * @throws when an answer is not 202
 */
export async function postAll(url: string, sendouts: readonly SignedSendout[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const waiting = sendouts.values();
  const work = async (): Promise<void> => {
    for (const sendout of waiting) await post(url, sendout, agent);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  agent.destroy();
}

/** Posts one sendout. Resolves with how long it took until the answer was complete, in milliseconds. */
async function post(url: string, { body, headers }: SignedSendout, agent: Agent): Promise<number> {
  const startedAt = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const length = { "content-length": String(body.length) };
  const posting = request(url, { method: "POST", agent, headers: { ...headers, ...length } }, (response) => {
    if (response.statusCode !== 202) reject(new Error(`${url} answered ${response.statusCode}`));
    response.on("error", reject);
    response.on("end", () => resolve(performance.now() - startedAt));
    response.resume();
  });
  posting.on("error", reject);
  posting.end(body);
  return promise;
}
