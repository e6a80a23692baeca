// Whole jobs through the official JavaScript client: submit, poll, result; CPU a request.
//   jobs.mjs URL JOBS IN_FLIGHT  →  one JSON line
import { createFalClient } from "../../conformance/node_modules/@fal-ai/client/src/index.js";

const [url, jobs, inFlight] = [process.argv[2], +process.argv[3], +process.argv[4]];
let requests = 0;

async function toServer(request) {
  const target = new URL(request.url);
  requests++;
  return { ...request, url: `${url}/queue${target.pathname}${target.search}` };
}

const client = createFalClient({ credentials: "bench:key", requestMiddleware: toServer });
let begun = 0;
let failures = 0;

async function worker() {
  while (begun++ < jobs) {
    try {
      await client.subscribe("acme/demo/make", {
        input: { prompt: "a cat walks on a wall", duration: 4 },
        pollInterval: 1,
      });
    } catch (error) {
      if (failures++ === 0) console.error(error);
    }
  }
}

const start = process.cpuUsage();
await Promise.all(Array.from({ length: inFlight }, worker));
const used = process.cpuUsage(start);
console.log(JSON.stringify({
  jobs: jobs - failures, requests, failures, cpu: (used.user + used.system) / 1e6,
}));
