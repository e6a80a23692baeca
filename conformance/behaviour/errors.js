// What goes wrong on purpose: does the client see in it what fal.ai's answers mean?

import assert from "node:assert/strict";
import { check } from "../lib/check.js";
import { officialClient } from "../lib/official.js";
import { sim } from "../lib/sim.js";
import { endpoints, parent, TEXT_TO_VIDEO } from "../lib/sora2.js";

const client = officialClient();
const { queue } = client;
const NOBODY = "01990000-aaaa-7bbb-8ccc-000000000001";
const LONG = { queue_time: 1000, run_time: 1000 };

/** The error that a call ends with. */
async function caught(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("no error");
}

async function isRefused(promise, status, body) {
  const error = await caught(promise);
  assert.equal(error.name, status === 422 ? "ValidationError" : "ApiError", error.stack);
  assert.equal(error.status, status);
  if (body instanceof RegExp) assert.match(error.body.detail, body);
  else assert.deepEqual(error.body, body);
  assert.equal(typeof error.requestId, "string");
  return error;
}

async function submitted(input, script) {
  if (script) await sim.script({ match: {}, ...script });
  return (await queue.submit(TEXT_TO_VIDEO, { input })).request_id;
}

const done = async (options) =>
  (await queue.streamStatus(TEXT_TO_VIDEO, options)).done();

/** Each verb on a job, with the client given. */
function verbs(by, requestId) {
  return {
    status: () => by.status(TEXT_TO_VIDEO, { requestId }),
    "status stream": async () =>
      (await by.streamStatus(TEXT_TO_VIDEO, { requestId })).done(),
    result: () => by.result(TEXT_TO_VIDEO, { requestId }),
    cancel: () => by.cancel(TEXT_TO_VIDEO, { requestId }),
  };
}

async function wrongKey() {
  const requestId = await submitted({ prompt: "A cat" });
  const stranger = officialClient("stranger-id:stranger-secret").queue;
  const calls = { ...verbs(stranger, requestId),
    submit: () => stranger.submit(TEXT_TO_VIDEO, { input: { prompt: "A cat" } }) };
  for (const call of Object.values(calls)) {
    await isRefused(call(), 401, { detail: "invalid key credentials" });
  }
  assert.equal((await sim.ledger()).totals.accepted, 1);
}

async function noKey() {
  const anonymous = officialClient("").queue;
  await isRefused(anonymous.submit(TEXT_TO_VIDEO, { input: { prompt: "A cat" } }), 401,
    /^Cannot access application "fal-ai\/sora-2"/);
}

async function invalidInput(endpoint, generation) {
  const input = await endpoint.bad();
  await sim.script({ match: { endpoint: endpoint.id }, errors: generation });
  const { request_id: requestId } = await queue.submit(endpoint.id, { input });
  const status = await queue.status(endpoint.id, { requestId });
  assert.equal(status.status, "COMPLETED");
  const error = await caught(queue.result(endpoint.id, { requestId }));
  assert.equal(error.name, "ValidationError");
  assert.equal(error.status, 422);
  assert.equal(error.requestId, requestId);
  const [fault, ...more] = error.getFieldErrors(endpoint.fault);
  assert.equal(more.length, 0);
  assert.deepEqual(fault.loc, ["body", endpoint.fault]);
  assert.equal(typeof fault.msg, "string");
  assert.equal(typeof fault.type, "string");
  assert.equal("input" in fault, generation === "new");
  return fault;
}

async function durationWords() {
  const [endpoint] = endpoints;
  assert.deepEqual(await invalidInput(endpoint, "new"), {
    type: "literal_error", loc: ["body", "duration"], input: "8",
    msg: "Input should be 4, 8, 12, 16 or 20", ctx: { expected: "4, 8, 12, 16 or 20" },
  });
  await sim.reset();
  const old = await invalidInput(endpoint, "old");
  assert.equal(old.type, "value_error.const");
  assert.equal(old.msg, "unexpected value; permitted: 4, 8, 12, 16, 20");
  assert.deepEqual(old.ctx, { given: "8", permitted: [4, 8, 12, 16, 20] });
}

async function unknownId() {
  for (const call of Object.values(verbs(queue, NOBODY))) {
    await isRefused(call(), 404, { status: "NOT_FOUND" });
  }
}

async function foreignJob() {
  const requestId = await submitted({ prompt: "A cat" });
  await isRefused(queue.status("fal-ai/flux", { requestId }), 404,
    { status: "NOT_FOUND" });
}

async function unknownApp() {
  await sim.settings({ unknown: ["acme/gone"] });
  await isRefused(queue.submit("acme/gone", { input: { prompt: "A cat" } }), 404,
    { detail: 'Application "gone" not found' });
}

async function tooEarly() {
  const requestId = await submitted({ prompt: "A cat" }, LONG);
  for (let i = 0; i < 2; i += 1) {
    await isRefused(queue.result(TEXT_TO_VIDEO, { requestId }), 400,
      { detail: "Request is still in progress" });
    await sim.advance(1000);
  }
}

async function tooLate() {
  const requestId = await submitted({ prompt: "A cat" });
  await queue.result(TEXT_TO_VIDEO, { requestId });
  await isRefused(queue.cancel(TEXT_TO_VIDEO, { requestId }), 400,
    { status: "ALREADY_COMPLETED" });
}

async function cancelIgnored() {
  const requestId = await submitted({ prompt: "A cat" }, { ...LONG, cancel: "ignore" });
  await sim.advance(1000);
  await queue.cancel(TEXT_TO_VIDEO, { requestId });
  await sim.advance(1000);
  const { data } = await queue.result(TEXT_TO_VIDEO, { requestId });
  assert.equal(typeof data.video.url, "string");
}

async function expired() {
  const requestId = await submitted({ prompt: "A cat" });
  await queue.result(TEXT_TO_VIDEO, { requestId });
  await sim.advance(3601);
  await isRefused(queue.result(TEXT_TO_VIDEO, { requestId }), 404,
    { status: "NOT_FOUND" });
}

async function locked() {
  await sim.settings({ locked: "Exhausted balance" });
  await isRefused(queue.submit(TEXT_TO_VIDEO, { input: { prompt: "A cat" } }), 403,
    /^User is locked\. Reason: Exhausted balance\./);
  await sim.settings({ locked: false });
}

async function moderation() {
  const error = await caught(client.subscribe(TEXT_TO_VIDEO,
    { input: { prompt: "sim:content_policy" }, pollInterval: 20 }));
  assert.equal(error.name, "ValidationError", error.stack);
  assert.equal(error.status, 422);
  assert.equal(error.fieldErrors[0].type, "content_policy_violation");
  assert.deepEqual(error.fieldErrors[0].loc, ["body", "prompt"]);
}


async function deletedParent() {
  const { video_id: videoId } = await parent({ prompt: "A parent" });
  const error = await caught(client.subscribe("fal-ai/sora-2/video-to-video/remix", {
    input: { video_id: videoId, prompt: "At dusk" }, pollInterval: 20,
  }));
  assert.equal(error.status, 422);
  assert.ok(error.getFieldErrors("video_id").length > 0, JSON.stringify(error.body));
}

async function startTimeout() {
  await sim.script({ match: {}, ...LONG });
  const { request_id: requestId } = await queue.submit(TEXT_TO_VIDEO,
    { input: { prompt: "A cat" }, startTimeout: 2 });
  await sim.advance(3);
  const error = await caught(queue.result(TEXT_TO_VIDEO, { requestId }));
  assert.equal(error.status, 504);
  assert.equal(error.isUserTimeout, true);
  assert.equal(error.body.error_type, "request_timeout");
  // A timeout of the user's own is not asked for again.
  assert.equal((await sim.ledger()).routes.result, 1);
}

async function infrastructure() {
  const requestId = await submitted({ prompt: "A cat" }, {
    outcome: { status: 500, body: { detail: "lost", error_type: "runner_disconnected" } },
    status_error: { error: "Runner disconnected", error_type: "runner_disconnected" },
  });
  const status = await done({ requestId });
  assert.equal(status.status, "COMPLETED");
  assert.equal(status.error, "Runner disconnected");
  assert.equal(status.error_type, "runner_disconnected");
  await isRefused(queue.result(TEXT_TO_VIDEO, { requestId }), 500,
    { detail: "lost", error_type: "runner_disconnected" });
}

async function rateLimit() {
  await sim.fault({ route: "submit", times: 1, action: "answer", status: 429,
    headers: { "content-type": "application/json" },
    body: { detail: "Too many requests" } });
  await queue.submit(TEXT_TO_VIDEO, { input: { prompt: "A cat" } });
  const { routes, totals } = await sim.ledger();
  assert.equal(routes.submit, 2);
  assert.equal(totals.accepted, 1);
}

const fresh = (action) => async () => {
  await sim.reset();
  await action();
};

export async function errors() {
  await check("401 by every verb: a wrong key", fresh(wrongKey));
  await check("401: no key", fresh(noKey));
  for (const endpoint of endpoints) {
    for (const generation of ["new", "old"]) {
      const what = `${endpoint.id}: ${endpoint.fault}, ${generation} shape`;
      await check(`422 at the result of ${what}`,
        fresh(() => invalidInput(endpoint, generation)));
    }
  }
  await check("422: a duration that is a string, word for word", fresh(durationWords));
  await check("422: the service's moderation", fresh(moderation));
  await check("422: the remix of a deleted video", fresh(deletedParent));
  await check("404 by every verb: an unknown id", fresh(unknownId));
  await check("404: another app's job", fresh(foreignJob));
  await check("404: an unknown app", fresh(unknownApp));
  await check("404: a result that has expired", fresh(expired));
  await check("403: a locked account", fresh(locked));
  await check("400: a result too early", fresh(tooEarly));
  await check("400: a cancel too late", fresh(tooLate));
  await check("429 on submit is tried again", fresh(rateLimit));
  await check("500: the runner was lost", fresh(infrastructure));
  await check("504: the start timeout of the user", fresh(startTimeout));
  await check("202: a cancel that the model ignores", fresh(cancelIgnored));
}
