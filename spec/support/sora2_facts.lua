-- The six endpoints as the service's own documents list them, transcribed apart from
-- lua/fal/models/sora2.lua, so that the one can be held against the other.

local DURATIONS, MODELS = { 4, 8, 12, 16, 20 }, {
  "sora-2", "sora-2-2025-12-08", "sora-2-2025-10-06",
}

return {
  ["fal-ai/sora-2/text-to-video"] = {
    required = { "prompt" },
    enums = {
      resolution = { "720p" }, aspect_ratio = { "9:16", "16:9" }, duration = DURATIONS,
      model = MODELS,
    },
    defaults = {
      resolution = "720p", aspect_ratio = "16:9", duration = 4, delete_video = true,
      model = "sora-2", detect_and_block_ip = false,
    },
    flags = { "delete_video", "detect_and_block_ip" }, characters = true,
    usd_per_second = { ["720p"] = 0.10 },
  },
  ["fal-ai/sora-2/image-to-video"] = {
    required = { "prompt", "image_url" },
    enums = {
      resolution = { "auto", "720p" }, aspect_ratio = { "auto", "9:16", "16:9" },
      duration = DURATIONS, model = MODELS,
    },
    defaults = {
      resolution = "auto", aspect_ratio = "auto", duration = 4, delete_video = true,
      model = "sora-2", detect_and_block_ip = false,
    },
    flags = { "delete_video", "detect_and_block_ip" }, characters = true,
    usd_per_second = { ["720p"] = 0.10, auto = 0.10 },
  },
  ["fal-ai/sora-2/text-to-video/pro"] = {
    required = { "prompt" },
    enums = {
      resolution = { "720p", "1080p", "true_1080p" }, aspect_ratio = { "9:16", "16:9" },
      duration = DURATIONS,
    },
    defaults = {
      resolution = "1080p", aspect_ratio = "16:9", duration = 4, delete_video = true,
      detect_and_block_ip = false,
    },
    flags = { "delete_video", "detect_and_block_ip" }, characters = true,
    usd_per_second = { ["720p"] = 0.30, ["1080p"] = 0.50, ["true_1080p"] = 0.70 },
  },
  ["fal-ai/sora-2/image-to-video/pro"] = {
    required = { "prompt", "image_url" },
    enums = {
      resolution = { "auto", "720p", "1080p", "true_1080p" },
      aspect_ratio = { "auto", "9:16", "16:9" }, duration = DURATIONS,
    },
    defaults = {
      resolution = "auto", aspect_ratio = "auto", duration = 4, delete_video = true,
      detect_and_block_ip = false,
    },
    flags = { "delete_video", "detect_and_block_ip" }, characters = true,
    -- auto: unpublished; 1080p is the upper bound of a cautious estimator
    usd_per_second = {
      ["720p"] = 0.30, ["1080p"] = 0.50, ["true_1080p"] = 0.70, auto = 0.50,
    },
  },
  ["fal-ai/sora-2/video-to-video/remix"] = {
    required = { "video_id", "prompt" }, enums = {}, defaults = { delete_video = true },
    flags = { "delete_video" },
  },
  ["fal-ai/sora-2/characters"] = {
    required = { "video_url", "name" }, enums = {}, defaults = {}, flags = {},
  },
}
