// The six endpoints: an input that the service takes, one that it refuses, and by which
// field; and a job before it, where the input needs one.

import { sim } from "./sim.js";

const ROOT = "fal-ai/sora-2/";
const IMAGE = "https://example.com/first-frame.png";

export const TEXT_TO_VIDEO = `${ROOT}text-to-video`;
export const CHARACTERS = `${ROOT}characters`;

/** Makes a clip that can be remixed. */
export async function parent(input = { prompt: "A parent", delete_video: false }) {
  return sim.result(await sim.submit(TEXT_TO_VIDEO, input));
}

async function remixInput(fields) {
  return { video_id: (await parent()).video_id, ...fields };
}

export const endpoints = [
  {
    id: TEXT_TO_VIDEO,
    input: async () => ({
      prompt: "A cat walks on a wall, „schöne“ 日本 ☀", duration: 8, aspect_ratio: "9:16",
      resolution: "720p", delete_video: false, model: "sora-2",
    }),
    bad: async () => ({ prompt: "A cat", duration: "8" }),
    fault: "duration",
  },
  {
    id: `${ROOT}image-to-video`,
    input: async () => ({
      prompt: "It comes alive", image_url: IMAGE, duration: 4, aspect_ratio: "16:9",
    }),
    bad: async () => ({ prompt: "No image" }),
    fault: "image_url",
  },
  {
    id: `${ROOT}text-to-video/pro`,
    input: async () => ({
      prompt: "A storm", duration: 12, resolution: "true_1080p", aspect_ratio: "16:9",
    }),
    bad: async () => ({ prompt: "A storm", resolution: "4k" }),
    fault: "resolution",
  },
  {
    id: `${ROOT}image-to-video/pro`,
    input: async () => ({
      prompt: "It moves", image_url: IMAGE, resolution: "1080p", aspect_ratio: "9:16",
      detect_and_block_ip: true,
    }),
    bad: async () => ({ prompt: "It moves", image_url: IMAGE, aspect_ratio: "1:1" }),
    fault: "aspect_ratio",
  },
  {
    id: `${ROOT}video-to-video/remix`,
    input: () => remixInput({ prompt: "The same at dusk", delete_video: true }),
    bad: () => remixInput({ prompt: "" }),
    fault: "prompt",
  },
  {
    id: CHARACTERS,
    input: async () => ({ video_url: "https://example.com/fox.mp4", name: "Mossy" }),
    bad: async () => ({ video_url: "https://example.com/fox.mp4", name: "x".repeat(81) }),
    fault: "name",
  },
];
