// What the service's answers look like: types that must hold, whatever the values.

import assert from "node:assert/strict";
import { sim } from "./sim.js";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const STATES = ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"];

function isCount(value, what) {
  assert.ok(Number.isInteger(value) && value >= 0, `${what} is ${JSON.stringify(value)}`);
}

function isLogs(logs) {
  for (const line of logs) {
    assert.equal(typeof line.message, "string");
    assert.match(line.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    assert.equal(typeof line.level, "string");
    assert.equal(typeof line.source, "string");
  }
}

/** A status object, of whichever way it came. */
export function isStatus(status, endpoint, requestId) {
  const app = endpoint.split("/").slice(0, 2).join("/");
  const root = `${sim.base}/queue/${app}/requests/${requestId}`;
  assert.ok(STATES.includes(status.status), `status is ${status.status}`);
  assert.equal(status.request_id, requestId);
  assert.match(status.request_id, UUID);
  assert.equal(status.response_url, root);
  assert.equal(status.status_url, `${root}/status`);
  assert.equal(status.cancel_url, `${root}/cancel`);
  assert.ok("logs" in status, "logs is missing");
  if (status.logs !== null) isLogs(status.logs);
  if (status.status === "IN_QUEUE") {
    isCount(status.queue_position, "queue_position");
  } else {
    assert.ok(!("queue_position" in status), "queue_position after the queue");
  }
  if (status.status === "COMPLETED") {
    assert.equal(typeof status.metrics.inference_time, "number");
  } else {
    assert.deepEqual(status.metrics, {});
  }
}

async function isFile(file, type) {
  assert.equal(file.content_type, type);
  assert.equal(typeof file.file_name, "string");
  const response = await fetch(file.url);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), type);
  assert.equal((await response.arrayBuffer()).byteLength, file.file_size);
}

/** The output of one of the six endpoints; its files are fetched. */
export async function isOutput(output, input) {
  if ("name" in input) {
    assert.match(output.id, /^char_[0-9a-f]{32}$/);
    assert.deepEqual(output, { id: output.id, name: input.name });
    return;
  }
  assert.deepEqual(Object.keys(output).sort(),
    ["spritesheet", "thumbnail", "video", "video_id"]);
  assert.match(output.video_id, /^video_[0-9a-f]+$/);
  await isFile(output.video, "video/mp4");
  await isFile(output.thumbnail, "image/webp");
  await isFile(output.spritesheet, "image/jpeg");
  isCount(output.video.width, "width");
  isCount(output.video.height, "height");
  isCount(output.video.num_frames, "num_frames");
  assert.equal(typeof output.video.duration, "number");
  assert.equal(typeof output.video.fps, "number");
}
