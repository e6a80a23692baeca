// For each call: what the official client sends, what lua-fal sends, what both return.

import assert from "node:assert/strict";
import { calls } from "./lib/calls.js";
import { check, finish } from "./lib/check.js";
import { compare } from "./lib/compare.js";
import { isIgnored, isListed, promises } from "./lib/listed.js";
import { officialClient, origins } from "./lib/official.js";
import { ours } from "./lib/ours.js";
import { sim } from "./lib/sim.js";

/** Runs a call on a fresh simulator: same seed, so the same ids for both clients. */
async function recorded(call, make) {
  await sim.reset();
  const input = await call.input();
  const prepared = { input, ...await call.before(input) };
  const before = (await sim.requests()).length;
  const value = await make(prepared);
  return { value, requests: (await sim.requests()).slice(before) };
}

// Of what is returned, all but the moments at which it happened. A null of the service is
// no field in a Lua table.
function comparable(value) {
  const moments = ["timestamp", "inference_time"];
  const drops = (name, item) => moments.includes(name) || item === null;
  return JSON.parse(JSON.stringify({ value },
    (name, item) => (drops(name, item) ? undefined : item)));
}

async function sameRequests(call) {
  const official = await recorded(call, call.official);
  const own = await recorded(call, ({ input, requestId }) => ours({
    verb: call.verb, endpoint: call.endpoint, input, options: call.options,
    request_id: requestId,
  }));
  assert.ok(official.requests.length > 0, "the official client sent nothing");
  const unexplained = compare(call.verb, official.requests, own.requests, isIgnored)
    .filter((difference) => !isListed(difference));
  if (unexplained.length > 0) {
    throw new Error(["not in differences.json:",
      ...unexplained.map((difference) => JSON.stringify(difference))].join("\n"));
  }
  if (!call.silent) assert.deepEqual(comparable(own.value), comparable(official.value));
}

// The address is all that was changed: the origins behind it must be the same too.
async function sameOrigins() {
  await officialClient().storage.upload(new Blob(["x"]));
  const own = await ours({ verb: "hosts" });
  const theirs = Object.fromEntries(
    [...origins].map(([origin, prefix]) => [prefix.slice(1), origin]));
  assert.deepEqual(theirs, own);
}

for (const call of calls) {
  await check(call.name, () => sameRequests(call));
}
await check("the same hosts on fal.ai", sameOrigins);
for (const { name, reason, met } of promises()) {
  await check(`listed: ${name}`, async () => {
    assert.ok(met, "it no longer occurs: take it out of differences.json");
    assert.ok(reason.length > 0, "it has no reason");
  });
}
finish();
