--- Sora 2's endpoints, bound to a client.
--     local sora = require "fal.sora2"
--     local clip = assert(sora.text_to_video { prompt = "A cat", delete_video = false })
--     local dusk = assert(clip:remix "The same shot at dusk")

local endpoint = require "fal.endpoint"
local models = require "fal.models"

local ROOT = "fal-ai/sora-2/"

---@class fal.Sora2.Pro
---@field text_to_video fal.endpoint.fal_ai.sora_2.text_to_video.pro
---@field image_to_video fal.endpoint.fal_ai.sora_2.image_to_video.pro

---@class fal.Sora2
---@field text_to_video fal.endpoint.fal_ai.sora_2.text_to_video
---@field image_to_video fal.endpoint.fal_ai.sora_2.image_to_video
---@field pro fal.Sora2.Pro
---@field remix fal.endpoint.fal_ai.sora_2.video_to_video.remix
---@field create_character fal.endpoint.fal_ai.sora_2.characters
---@field with fun(client: fal.Client): fal.Sora2   the same on a client of your own

---@return fal.Sora2
local function bind(client)
  local function bound(name) return endpoint.new(client, models.find(ROOT .. name)) end
  return setmetatable({
    text_to_video = bound "text-to-video",
    image_to_video = bound "image-to-video",
    pro = setmetatable({
      text_to_video = bound "text-to-video/pro",
      image_to_video = bound "image-to-video/pro",
    }, endpoint.GROUP),
    remix = bound "video-to-video/remix",
    create_character = bound "characters",
  }, endpoint.GROUP)
end

--- Asked at each call, since fal.configure may set up another default client.
local sora = bind(function() return require("fal").default() end)

--- The same endpoints on a client of your own.
---@param client fal.Client
---@return fal.Sora2
function sora.with(client)
  if client == package.loaded["fal"] then return sora end
  if type(client) == "table" and client.subscribe then return bind(client) end
  error("sora.with: a client is wanted, as fal.client makes it, got " .. type(client), 2)
end

return sora
