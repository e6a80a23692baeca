local fake = require "support.recording_client"
local sora2 = require "fal.sora2"

describe("fal.sora2", function()
  it("has the six endpoints by their names", function()
    local ids = {}
    for _, e in ipairs {
      sora2.text_to_video, sora2.image_to_video, sora2.pro.text_to_video,
      sora2.pro.image_to_video, sora2.remix, sora2.create_character,
    } do
      ids[#ids + 1] = e.id
    end
    assert.same({
      "fal-ai/sora-2/text-to-video", "fal-ai/sora-2/image-to-video",
      "fal-ai/sora-2/text-to-video/pro", "fal-ai/sora-2/image-to-video/pro",
      "fal-ai/sora-2/video-to-video/remix", "fal-ai/sora-2/characters",
    }, ids)
  end)

  it("uses the default client, asked for when it is needed", function()
    local client, saved = fake.new(), package.loaded["fal"]
    package.loaded["fal"] = { default = function() return client end }
    local clip = sora2.text_to_video { prompt = "x" }
    package.loaded["fal"] = saved
    assert.equal("video_1", clip.video_id)
    assert.equal(1, #client.calls)
  end)

  it("binds to another client", function()
    local client = fake.new()
    assert.is_table((sora2.with(client).pro.text_to_video { prompt = "x" }))
    assert.equal("fal-ai/sora-2/text-to-video/pro", client.calls[1].id)
  end)
end)
