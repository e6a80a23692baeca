// The calls that both clients make, each in its own spelling. `before` prepares the
// simulator and may name a job; `official` makes the call by the official client, and the
// rest is what conformance/ours.lua is told.

import { File } from "node:buffer"; // a global from Node 20 on
import { officialClient } from "./official.js";
import { sim } from "./sim.js";
import { endpoints, TEXT_TO_VIDEO } from "./sora2.js";

const client = officialClient();
const { queue } = client;

const SHORT = { queue_time: 0.15, run_time: 0.2 };
const LONG = { queue_time: 1000, run_time: 1000 };

const job = (id, script) => async (input) => {
  if (script) await sim.script({ match: { endpoint: id }, ...script });
  return { requestId: (await sim.submit(id, input)).request_id };
};

const script = (id, times) => async () => {
  await sim.script({ match: { endpoint: id }, ...times });
  return {};
};

const nothing = async () => ({});

async function lastStatus(id, requestId, logs) {
  const stream = await queue.streamStatus(id, { requestId, logs });
  return stream.done();
}

function onJob({ id, input }) {
  const at = (verb, before, official, options) =>
    ({ name: `${id}: ${verb}`, endpoint: id, input, before, official, options });
  return [
    { ...at("status", job(id, LONG), ({ requestId }) => queue.status(id, { requestId })),
      verb: "status" },
    { ...at("status with logs", job(id),
      ({ requestId }) => queue.status(id, { requestId, logs: true }), { logs: true }),
    verb: "status" },
    { ...at("status, streamed", job(id),
      ({ requestId }) => lastStatus(id, requestId, false)), verb: "stream_status" },
    { ...at("status, streamed with logs", job(id),
      ({ requestId }) => lastStatus(id, requestId, true), { logs: true }),
    verb: "stream_status" },
    { ...at("result", job(id),
      async ({ requestId }) => (await queue.result(id, { requestId })).data),
    verb: "result" },
    { ...at("cancel", job(id, LONG), ({ requestId }) => queue.cancel(id, { requestId })),
      verb: "cancel", silent: true },
  ];
}

function whole({ id, input }) {
  const base = { endpoint: id, input, before: script(id, SHORT), verb: "subscribe" };
  const subscribe = (options) => async ({ input: given }) =>
    (await client.subscribe(id, { input: given, pollInterval: 50, ...options })).data;
  return [
    { ...base, name: `${id}: subscribe`, official: subscribe({}) },
    { ...base, name: `${id}: subscribe with logs`, official: subscribe({ logs: true }),
      options: { logs: true } },
    { ...base, name: `${id}: subscribe, streaming`,
      official: subscribe({ mode: "streaming" }), options: { mode: "streaming" } },
    { ...base, name: `${id}: subscribe, streaming with logs`,
      official: subscribe({ mode: "streaming", logs: true }),
      options: { mode: "streaming", logs: true } },
  ];
}

async function submitted(id, options) {
  return { request_id: (await queue.submit(id, options)).request_id };
}

function submitting({ id, input }) {
  return { name: `${id}: submit`, endpoint: id, input, before: nothing, verb: "submit",
    official: ({ input: given }) => submitted(id, { input: given }) };
}

const cat = async () => ({ prompt: "A cat" });

/** One submit with an option, in both spellings. */
function withOption(name, official, options, id = TEXT_TO_VIDEO) {
  return { name: `submit: ${name}`, endpoint: id, input: cat, before: nothing,
    verb: "submit", options,
    official: ({ input }) => submitted(id, { input, ...official }) };
}

const HEADERS = { "X-Fal-No-Retry": "1", "X-Fal-Tags": "a=b" };
const HOOK = "https://hooks.example/fal?token=a b&c=ü/+%20#x";

const optional = [
  withOption("priority", { priority: "low" }, { priority: "low" }),
  withOption("hint", { hint: "runner-7" }, { hint: "runner-7" }),
  withOption("start timeout", { startTimeout: 30 }, { start_timeout: 30 }),
  withOption("start timeout, a fraction", { startTimeout: 2.5 }, { start_timeout: 2.5 }),
  withOption("webhook", { webhookUrl: HOOK }, { webhook_url: HOOK }),
  withOption("output storage", { storageSettings: { expiresIn: "1d" } },
    { storage: { expires_in: 86400 } }),
  withOption("headers of the caller", { headers: HEADERS }, { headers: HEADERS }),
];

// Ids of other shapes: what is cut off them for the URLs that follow the submit?
const shapes = ["fal-ai/flux", "fal-ai/flux/dev/image-to-image", "bria/video/erase",
  "workflows/jane/poster/run", "comfy/jane/upscale", "4242-demo-app"];

async function wait(id) {
  const { request_id: requestId } = await queue.submit(id, { input: await cat() });
  await queue.subscribeToStatus(id, { requestId, pollInterval: 50 });
  return (await queue.result(id, { requestId })).data;
}

const other = shapes.map((id) => ({ name: `${id}: subscribe`, endpoint: id, input: cat,
  before: nothing, verb: "subscribe", official: () => wait(id) }));

// JSON that is easily bent on its way through another language.
const awkward = async () => ({
  text: "\" \\ / \b\f\n\r\t \u0001 \u007f \u2028 ü 日 😀", empty: "", none: null,
  list: [], object: { a: {} }, nested: [[1, [2]], { b: [true, false, null] }],
  numbers: [0, -1, 8, 8.5, 0.1, 1e-7, 1e21, 123456789012345, 0.30000000000000004,
    9007199254740991],
});

const bodies = [{ name: "acme/demo: submit, awkward JSON", endpoint: "acme/demo",
  input: awkward, before: nothing, verb: "submit",
  official: ({ input }) => submitted("acme/demo", { input }) }];

const direct = [
  { name: "run", endpoint: TEXT_TO_VIDEO, input: cat, before: nothing, verb: "run",
    official: async ({ input }) => (await client.run(TEXT_TO_VIDEO, { input })).data },
  { name: "run with a start timeout and output storage", endpoint: TEXT_TO_VIDEO,
    input: cat, before: nothing, verb: "run",
    options: { start_timeout: 30, storage: { expires_in: 3600 } },
    official: async ({ input }) => (await client.run(TEXT_TO_VIDEO,
      { input, startTimeout: 30, storageSettings: { expiresIn: "1h" } })).data },
  { name: "stream", endpoint: TEXT_TO_VIDEO, input: cat,
    before: script(TEXT_TO_VIDEO, SHORT), verb: "stream",
    official: async ({ input }) =>
      (await client.stream(TEXT_TO_VIDEO, { input })).done() },
];

const MIB = 1024 * 1024;

/** A file of `size` letters, sent by both; `options` in both spellings. */
function uploading(name, { file, type, size, official = {}, options = {} }) {
  return { name: `upload: ${name}`, before: nothing, verb: "upload", options,
    input: async () => ({ file_name: file, content_type: type, size }),
    official: () => client.storage.upload(
      new File(["x".repeat(size)], file, { type }), official) };
}

const uploads = [
  uploading("one PUT", { file: "first frame.png", type: "image/png", size: 1000 }),
  uploading("a name that is no ASCII", { file: "été ☀.jpg", type: "image/jpeg", size: 1 }),
  uploading("with an end", { file: "a.mp4", type: "video/mp4", size: 10,
    official: { lifecycle: { expiresIn: "1h" } }, options: { expires_in: 3600 } }),
  uploading("in parts, above 90 MiB", { file: "long.mp4", type: "video/mp4",
    size: 90 * MIB + 1 }),
];

export const calls = [
  ...endpoints.flatMap((endpoint) =>
    [submitting(endpoint), ...onJob(endpoint), ...whole(endpoint)]),
  ...optional, ...other, ...bodies, ...direct, ...uploads,
];
