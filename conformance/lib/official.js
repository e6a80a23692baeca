// The official client, unmodified but for its address.

import { createFalClient } from "@fal-ai/client";
import { sim } from "./sim.js";

const PREFIXES = {
  "https://queue.fal.run": "/queue",
  "https://fal.run": "/run",
  "https://rest.fal.ai": "/rest",
};

/** Every origin that it wanted to reach, with the prefix it was sent to instead. */
export const origins = new Map();

// requestMiddleware and not proxyUrl: a proxied request carries its real address in a
// header, while this one stays as it is from the path on.
async function toSimulator(request) {
  const url = new URL(request.url);
  const prefix = PREFIXES[url.origin];
  if (!prefix) {
    throw new Error(`the client went to ${url.origin}, for which nothing stands in`);
  }
  origins.set(url.origin, prefix);
  return { ...request, url: sim.base + prefix + url.pathname + url.search };
}

export function officialClient(credentials = process.env.FAL_KEY) {
  return createFalClient({ credentials, requestMiddleware: toSimulator });
}
