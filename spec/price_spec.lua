local models = require "fal.models"
local price = require "fal.price"

local function micros(id, input, source)
  return (price.of(models.find(id), input, source))
end

describe("fal.price", function()
  it("is in whole micro-dollars", function()
    local value = micros("bytedance/seedance-2.0/text-to-video", {
      prompt = "x", duration = "7",
    })
    assert.equal("2123800", ("%d"):format(value))
    assert.equal(value, math.floor(value))
  end)

  it("rounds a rate that is no whole number in binary", function()
    local definition = {
      input = {}, price = { per = "clip", rates = { { usd = 1.001 } } },
    }
    assert.is_true(1.001 * 1000000 < 1001000)
    assert.equal(1001000, (price.of(definition, {})))
  end)

  it("counts defaults", function()
    assert.equal(400000, micros("fal-ai/sora-2/text-to-video", { prompt = "x" }))
    assert.equal(2000000, micros("fal-ai/sora-2/text-to-video/pro", { prompt = "x" }))
    assert.equal(8 * 400000, micros("fal-ai/veo3.1", { prompt = "x" }))
  end)

  it("depends on sound and size where the family does", function()
    local id = "fal-ai/veo3.1"
    assert.equal(4 * 200000, micros(id, { duration = "4s", generate_audio = false }))
    assert.equal(4 * 600000, micros(id, { duration = "4s", resolution = "4k" }))
    assert.equal(490000, micros("fal-ai/minimax/hailuo-2.3/pro/text-to-video", {}))
  end)

  it("is the dearest choice where the service chooses", function()
    assert.equal(15 * 303400, micros("bytedance/seedance-2.0/text-to-video", {}))
    assert.equal(20 * 170000, micros("blackforestlabs/flux-3/text-to-video", {}))
    assert.equal(4 * 500000, micros("fal-ai/sora-2/image-to-video/pro", {}))
    assert.equal(8 * 70000, micros("xai/grok-imagine-video/edit-video", {}))
  end)

  it("is unknown where no document gives one, and says why", function()
    local function reason(id, input)
      local value, why = price.of(models.find(id), input)
      assert.is_nil(value)
      return why
    end
    assert.matches("no price is published", reason("fal-ai/sora-2/characters", {}))
    assert.matches("these settings",
      reason("fal-ai/sora-2/text-to-video", { resolution = "480p" }))
    assert.matches("multi_prompt", reason("fal-ai/kling-video/v3/turbo/pro/text-to-video",
      { multi_prompt = {} }))
    assert.matches("length of its source",
      reason("fal-ai/sora-2/video-to-video/remix", {}))
  end)

  it("of a remix is unknown when its source's length is nonsense", function()
    for _, seconds in ipairs { 1e308, 0, -4, 1 / 0, 0 / 0, "8" } do
      assert.is_nil(micros("fal-ai/sora-2/video-to-video/remix",
        { video_id = "v", prompt = "x" }, { seconds = seconds }))
    end
  end)

  it("of a remix follows the source's length, and its rate if dearer", function()
    local id = "fal-ai/sora-2/video-to-video/remix"
    assert.equal(1200000, micros(id, {}, { seconds = 12, rate = 100000 }))
    assert.equal(1200000, micros(id, {}, { seconds = 12 }))
    assert.equal(6000000, micros(id, {}, { seconds = 12, rate = 500000 }))
    assert.is_nil(micros(id, {}, { rate = 100000 }))
  end)
end)
