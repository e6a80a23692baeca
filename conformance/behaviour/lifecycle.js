// From submit to result, for each endpoint and in each way that the client offers.

import assert from "node:assert/strict";
import { check } from "../lib/check.js";
import { officialClient } from "../lib/official.js";
import { isOutput, isStatus } from "../lib/shapes.js";
import { sim } from "../lib/sim.js";
import { endpoints, TEXT_TO_VIDEO } from "../lib/sora2.js";

const client = officialClient();
const { queue } = client;

/** Virtual seconds, so long that only sim.advance ends them. */
const LONG = { queue_time: 1000, run_time: 1000 };
const SHORT = { queue_time: 0.2, run_time: 0.3 };

async function submitted(endpoint, times) {
  await sim.reset();
  const input = await endpoint.input();
  if (times) await sim.script({ match: { endpoint: endpoint.id }, ...times });
  const answer = await queue.submit(endpoint.id, { input });
  return { input, answer, requestId: answer.request_id };
}

const rank = (status) => ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"].indexOf(status.status);

function movesOn(statuses) {
  const ranks = statuses.map(rank);
  assert.deepEqual(ranks, [...ranks].sort(), "the states go backwards");
  assert.deepEqual([...new Set(ranks)], [0, 1, 2], "a state was not seen");
}

const messages = (status) => (status.logs ?? []).map((line) => line.message);

async function submit(endpoint) {
  const { input, answer, requestId } = await submitted(endpoint, LONG);
  isStatus(answer, endpoint.id, requestId);
  assert.equal(answer.status, "IN_QUEUE");
  const { jobs, totals } = await sim.ledger();
  const job = jobs.at(-1);
  assert.equal(totals.refused, 0);
  assert.equal(job.request_id, requestId);
  assert.equal(job.endpoint, endpoint.id);
  assert.deepEqual(job.input, input);
}

async function status(endpoint) {
  const { requestId } = await submitted(endpoint, LONG);
  const seen = [];
  for (let i = 0; i < 3; i += 1) {
    const plain = await queue.status(endpoint.id, { requestId });
    const logged = await queue.status(endpoint.id, { requestId, logs: true });
    isStatus(plain, endpoint.id, requestId);
    isStatus(logged, endpoint.id, requestId);
    assert.equal(plain.logs, null);
    assert.equal(logged.logs.length > 0, i > 0);
    seen.push(logged);
    await sim.advance(1000);
  }
  movesOn(seen);
  const [, running, completed] = seen.map(messages);
  assert.deepEqual(completed.slice(0, running.length), running);
  assert.equal(seen[2].metrics.inference_time, 1000);
}

async function streamStatus(endpoint) {
  const { requestId } = await submitted(endpoint, LONG);
  const stream = await queue.streamStatus(endpoint.id, { requestId, logs: true });
  const seen = [];
  stream.on("data", (data) => {
    seen.push(data);
    if (rank(data) < 2) sim.advance(500);
  });
  const last = await stream.done();
  assert.equal(last.status, "COMPLETED");
  for (const item of seen) isStatus(item, endpoint.id, requestId);
  movesOn(seen);
  const full = await queue.status(endpoint.id, { requestId, logs: true });
  assert.deepEqual(seen.flatMap(messages), messages(full));
}

async function result(endpoint) {
  const { input, requestId } = await submitted(endpoint);
  const first = await queue.result(endpoint.id, { requestId });
  assert.equal(first.requestId, requestId);
  await isOutput(first.data, input);
  assert.deepEqual(await queue.result(endpoint.id, { requestId }), first);
}

async function canceled(endpoint, requestId) {
  const after = await queue.status(endpoint.id, { requestId });
  assert.equal(after.status, "COMPLETED");
  assert.equal(after.error_type, "client_cancelled");
  await assert.rejects(queue.result(endpoint.id, { requestId }),
    { name: "ApiError", status: 499, requestId });
}

async function cancel(endpoint) {
  for (const wait of [0, 1000]) {
    const { requestId } = await submitted(endpoint, LONG);
    await sim.advance(wait);
    await queue.cancel(endpoint.id, { requestId });
    await canceled(endpoint, requestId);
    assert.equal((await sim.ledger()).jobs.at(-1).billed ?? false, false);
  }
}

async function subscribe(endpoint, options) {
  await sim.reset();
  const input = await endpoint.input();
  await sim.script({ match: { endpoint: endpoint.id }, ...SHORT });
  const updates = [];
  let enqueued;
  const { data, requestId } = await client.subscribe(endpoint.id, {
    input, logs: true, ...options,
    onEnqueue: (id) => { enqueued = id; },
    onQueueUpdate: (update) => updates.push(structuredClone(update)),
  });
  assert.equal(enqueued, requestId);
  for (const update of updates) isStatus(update, endpoint.id, requestId);
  movesOn(updates);
  await isOutput(data, input);
  const full = await queue.status(endpoint.id, { requestId, logs: true });
  assert.deepEqual(messages(updates.at(-1)), messages(full));
  const { jobs } = await sim.ledger();
  assert.equal(jobs.filter((job) => job.endpoint === endpoint.id
    && job.request_id === requestId).length, 1);
}

async function run() {
  await sim.reset();
  const input = await endpoints[0].input();
  const { data, requestId } = await client.run(TEXT_TO_VIDEO, { input });
  assert.equal(requestId, (await sim.ledger()).jobs[0].request_id);
  await isOutput(data, input);
}

async function stream() {
  await sim.reset();
  await sim.script({ match: {}, run_time: 0.3 });
  const input = await endpoints[0].input();
  const events = await client.stream(TEXT_TO_VIDEO, { input });
  const seen = [];
  for await (const event of events) seen.push(event);
  assert.ok(seen.length > 1, "no progress before the output");
  await isOutput(await events.done(), input);
  assert.deepEqual(seen.at(-1), await events.done());
}

async function submitOptions() {
  await sim.reset();
  const webhookUrl = "https://hooks.example/fal?token=a b&c=ü";
  await queue.submit(TEXT_TO_VIDEO, {
    input: { prompt: "With everything" }, priority: "low", hint: "a-runner", webhookUrl,
    startTimeout: 2.5, storageSettings: { expiresIn: "1d" }, headers: { "X-Trace": "7" },
  });
  const [request] = await sim.requests();
  const headers = Object.fromEntries(
    request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  assert.equal(headers["x-trace"], "7");
  const [job] = (await sim.ledger()).jobs;
  assert.equal(job.webhook, webhookUrl);
  assert.equal(job.priority, "low");
}

async function timeOut() {
  await sim.reset();
  await sim.script({ match: {}, ...LONG });
  let requestId;
  await assert.rejects(client.subscribe(TEXT_TO_VIDEO, {
    input: { prompt: "Never" }, timeout: 150, pollInterval: 30,
    onEnqueue: (id) => { requestId = id; },
  }), /timed out waiting/);
  // The client does not wait for its cancel.
  for (let i = 0; i < 40; i += 1) {
    if ((await sim.ledger()).routes.cancel) break;
    await new Promise((done) => setTimeout(done, 25));
  }
  await canceled({ id: TEXT_TO_VIDEO }, requestId);
}

export async function lifecycle() {
  for (const endpoint of endpoints) {
    const name = endpoint.id;
    await check(`${name}: submit`, () => submit(endpoint));
    await check(`${name}: status`, () => status(endpoint));
    await check(`${name}: status, streamed`, () => streamStatus(endpoint));
    await check(`${name}: result`, () => result(endpoint));
    await check(`${name}: cancel`, () => cancel(endpoint));
    await check(`${name}: subscribe`,
      () => subscribe(endpoint, { mode: "polling", pollInterval: 40 }));
    await check(`${name}: subscribe, streaming`,
      () => subscribe(endpoint, { mode: "streaming" }));
  }
  await check("run", run);
  await check("stream", stream);
  await check("every option of submit is taken", submitOptions);
  await check("subscribe past its timeout cancels the job", timeOut);
}
