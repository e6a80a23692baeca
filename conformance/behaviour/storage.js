// Uploads: one PUT, and in parts from 90 MiB.

import assert from "node:assert/strict";
import { File } from "node:buffer"; // a global from Node 20 on
import { createHash } from "node:crypto";
import { check } from "../lib/check.js";
import { officialClient } from "../lib/official.js";
import { sim } from "../lib/sim.js";

const MIB = 1024 * 1024;
const PART = 10 * MIB; // of the client
const client = officialClient();

async function served(url) {
  const hash = createHash("sha256");
  const response = await fetch(url);
  assert.equal(response.status, 200);
  for await (const piece of response.body) hash.update(piece);
  return { digest: hash.digest("hex"), type: response.headers.get("content-type") };
}

function digest(pieces) {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

async function small() {
  const bytes = new TextEncoder().encode("a small picture\n");
  const file = new File([bytes], "first frame.png", { type: "image/png" });
  const url = await client.storage.upload(file, { lifecycle: { expiresIn: "1h" } });
  assert.ok(url.startsWith(`${sim.base}/cdn/`), url);
  assert.deepEqual(await served(url), { digest: digest([bytes]), type: "image/png" });
  const [request] = (await sim.requests()).filter((item) => item.route === "initiate");
  assert.deepEqual(JSON.parse(request.body),
    { content_type: "image/png", file_name: "first frame.png" });
}

async function inParts() {
  // Each part has a byte of its own: a wrong order would show.
  const pieces = Array.from({ length: 10 }, (_, i) =>
    new Uint8Array(i < 9 ? PART : MIB + 1).fill(i + 1));
  const url = await client.storage.upload(new Blob(pieces, { type: "video/mp4" }));
  assert.deepEqual(await served(url), { digest: digest(pieces), type: "video/mp4" });
  const uploads = (await sim.requests()).filter((item) => item.route === "upload");
  assert.deepEqual(uploads.map((item) => item.path.split("/").at(-1)),
    ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "complete"]);
}

async function inInput() {
  const image = new Blob([new Uint8Array(1000)], { type: "image/jpeg" });
  const { data } = await client.subscribe("fal-ai/sora-2/image-to-video",
    { input: { prompt: "It moves", image_url: image }, pollInterval: 20 });
  assert.equal(typeof data.video.url, "string");
  const [job] = (await sim.ledger()).jobs;
  assert.ok(job.input.image_url.startsWith(`${sim.base}/cdn/`), job.input.image_url);
}

const fresh = (action) => async () => {
  await sim.reset();
  await action();
};

export async function storage() {
  await check("upload: one PUT", fresh(small));
  await check("upload: in parts, above 90 MiB", fresh(inParts));
  await check("upload: a Blob in an input", fresh(inInput));
}
