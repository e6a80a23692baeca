--- Sora 2: the six endpoints, as data.
-- Sources: OAS = fal.ai's queue OpenAPI of 2026-01-28 and its typed snapshots to
-- 2026-02-27; TYPES = endpoint types of fal.ai's JavaScript client (2025-10 to 2026-08);
-- DOCS = fal.ai's model API reference, spring 2026; PAGE = the model's page (llms.txt).
-- V: read there; F: seen by users of the service; I: inferred; ?: not known.

local ALTERNATIVES = {
  "fal-ai/veo3.1/lite", "fal-ai/veo3.1", "xai/grok-imagine-video/text-to-video",
  "fal-ai/kling-video/v3/pro/text-to-video", "alibaba/wan-3.0/text-to-video",
  "bytedance/seedance-2.5/text-to-video",
}
local REMIX = "fal-ai/sora-2/video-to-video/remix"

local prompt = {
  name = "prompt", type = "string", required = true, min_length = 1,
  soft_max_length = 5000, source = "OAS V: length 1 to 5000; whether it still is, ?",
  description = "What to generate; dialogue and sound are steered by it too.",
}
local image_url = {
  name = "image_url", type = "file_url", required = true,
  soft_max_bytes = 8 * 1024 * 1024, mistaken = { "start_image_url", "first_frame_url" },
  source = "OAS V; the 8 MB come from a third-party guide ?",
  description = "Picture used as the first frame: JPEG, PNG or WebP.",
}
local aspects = { landscape = "16:9", portrait = "9:16" }
local aspect_ratio = {
  name = "aspect_ratio", type = "string", enum = { "9:16", "16:9" }, default = "16:9",
  aliases = aspects, source = "OAS V", description = "Width to height of the clip.",
}
local aspect_ratio_auto = {
  name = "aspect_ratio", type = "string", enum = { "auto", "9:16", "16:9" },
  default = "auto", aliases = aspects, source = "OAS V",
  description = "Width to height of the clip; auto follows the picture.",
}
local duration = {
  name = "duration", type = "integer", unit = "s", enum = { 4, 8, 12, 16, 20 },
  default = 4, mistaken = { "seconds", "length" },
  source = "OAS V: integer, 4 to 12; TYPES and DOCS V: 16 and 20. A string is a 422 (F).",
  description = "Length of the clip in seconds.",
}
local delete_video = {
  name = "delete_video", type = "boolean", default = true, source = "OAS V",
  description = "Delete the upstream copy afterwards; then it can never be remixed.",
}
local model = {
  name = "model", type = "string", default = "sora-2", source = "OAS V since 2026-01-20",
  enum = { "sora-2", "sora-2-2025-12-08", "sora-2-2025-10-06" }, open = true,
  description = "Snapshot of the model; sora-2 is the newest one.",
}
local detect_and_block_ip = {
  name = "detect_and_block_ip", type = "boolean", default = false,
  source = "OAS V since 2026-02-23",
  description = "Refuse a prompt (or picture) that shows known intellectual property.",
}
local character_ids = {
  name = "character_ids", type = "array", max_items = 2, mistaken = { "characters" },
  items = { type = "string", min_length = 1 },
  source = "DOCS V: up to two; whether the schema says so, ?",
  description = "Ids from the characters endpoint; name the characters in the prompt.",
}
local api_key = {
  name = "api_key", type = "string", min_length = 1, legacy = true, secret = true,
  source = "TYPES V: October 2025 only",
  description = "Historic: the caller's own OpenAI key.",
}

local function resolution(default, enum, extra)
  local field = {
    name = "resolution", type = "string", default = default, enum = enum,
    mistaken = { "size" }, source = "OAS V; true_1080p: DOCS V since spring 2026",
    description = "Lines of the clip. 1080p is 1792x1024, true_1080p 1920x1080.",
  }
  for k, v in pairs(extra or {}) do field[k] = v end
  return field
end

local NO_MODEL = { model = "is no parameter of this endpoint and is not sent" }
local CLIP = {
  { name = "video", type = "file", required = true },
  { name = "video_id", type = "string", required = true },
  { name = "thumbnail", type = "file" }, { name = "spritesheet", type = "file" },
}
local AS_OF = "2026-09-24"
local STANDARD = {
  per = "second", seconds = "duration", as_of = AS_OF, source = "PAGE V",
  rates = { { usd = 0.10, when = { resolution = "720p" } } },
  -- Whether a billed unit is a second is unpublished (I). No clip has fewer than four of
  -- them: then it is something else, and frees no money.
  unit_usd = 0.10, min_units = 4,
}
local PRO = {
  per = "second", seconds = "duration", as_of = AS_OF,
  source = "PAGE and DOCS V; true_1080p F; what auto bills is unpublished ?",
  rates = {
    { usd = 0.30, when = { resolution = "720p" } },
    { usd = 0.50, when = { resolution = "1080p" } },
    { usd = 0.70, when = { resolution = "true_1080p" } },
  },
  -- The cautious reading of "auto": 1080p is the largest size that it has been seen to
  -- choose; true_1080p has to be asked for by name.
  assume = { resolution = { auto = "1080p" } },
}

local function endpoint(id, fields)
  fields.id, fields.family = id, "sora2"
  fields.status, fields.since = "retired", "2026-09-24"
  fields.alternatives = ALTERNATIVES
  return fields
end

return {
  endpoint("fal-ai/sora-2/text-to-video", {
    input = {
      prompt, resolution("720p", { "720p" }, { open = true, lower_case = true }),
      aspect_ratio, duration, delete_video, model, detect_and_block_ip, character_ids,
      api_key,
    },
    output = CLIP, price = STANDARD, remix = REMIX,
  }),
  endpoint("fal-ai/sora-2/image-to-video", {
    input = {
      prompt, image_url, resolution("auto", { "auto", "720p" }), aspect_ratio_auto,
      duration, delete_video, model, detect_and_block_ip, character_ids, api_key,
    },
    output = CLIP, price = STANDARD, remix = REMIX,
  }),
  endpoint("fal-ai/sora-2/text-to-video/pro", {
    input = {
      prompt, resolution("1080p", { "720p", "1080p", "true_1080p" }), aspect_ratio,
      duration, delete_video, detect_and_block_ip, character_ids, api_key,
    },
    ignored = NO_MODEL, output = CLIP, price = PRO, remix = REMIX,
  }),
  endpoint("fal-ai/sora-2/image-to-video/pro", {
    input = {
      prompt, image_url, resolution("auto", { "auto", "720p", "1080p", "true_1080p" }),
      aspect_ratio_auto, duration, delete_video, detect_and_block_ip, character_ids,
      api_key,
    },
    ignored = NO_MODEL, output = CLIP, price = PRO, remix = REMIX,
  }),
  endpoint(REMIX, {
    input = {
      {
        name = "video_id", type = "string", required = true, min_length = 1,
        soft_pattern = "^video_", looks_like = "video_…, as results name it",
        source = "OAS V; no pattern in the schema",
        description = "The video_id of an earlier result; uploads cannot be remixed.",
      },
      {
        name = "prompt", type = "string", required = true, min_length = 1,
        soft_max_length = 5000, source = "OAS V", description = "The change to make.",
      },
      {
        name = "delete_video", type = "boolean", default = true, source = "OAS V",
        description = "The same for the new clip.",
      },
      api_key,
    },
    ignored = NO_MODEL, output = CLIP, remix = REMIX,
    -- `by`: the input that names the source; `from`: where an output has it; `needs`:
    -- what the source must have been made with.
    chain = { by = "video_id", from = "video_id", needs = { delete_video = false } },
    price = {
      per = "second", seconds = "source", as_of = AS_OF, rates = { { usd = 0.10 } },
      -- Unpublished for Pro sources (?): a budget counts the source's own rate.
      at_least_source_rate = true,
      source = "PAGE V: the rate; the billed length is the source's (I)",
    },
  }),
  endpoint("fal-ai/sora-2/characters", {
    input = {
      {
        name = "video_url", type = "file_url", required = true, source = "DOCS V",
        description = "MP4 that shows the character: 720p at least, the first 4 s count.",
      },
      {
        name = "name", type = "string", required = true, min_length = 1, max_length = 80,
        source = "DOCS V", description = "The name to use in prompts.",
      },
    },
    output = {
      { name = "id", type = "string", required = true },
      { name = "name", type = "string", required = true },
    },
    character = true,
  }),
}
