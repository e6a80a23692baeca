local E = require "fal.error"
local fake = require "support.recording_client"
local json = require "fal.json"
local sora2 = require "fal.sora2"

describe("fal.clip", function()
  local client, sora
  local function make(input, ...)
    client = fake.new { ... }
    sora = sora2.with(client)
    input.prompt = input.prompt or "x"
    return assert(sora.text_to_video(input))
  end

  it("shows what the service sent, to pairs and to JSON", function()
    local clip = make({}, fake.clip("video_1", { job = "theirs" }))
    local names = {}
    for name in pairs(clip) do names[#names + 1] = name end
    table.sort(names)
    assert.same({ "job", "thumbnail", "video", "video_id" }, names)
    assert.equal("theirs", clip.job)
    assert.matches('"video_id":"video_1"', json.encode(clip), 1, true)
  end)

  it("knows its job, its input and its endpoint", function()
    local clip = make({ duration = "8" }, fake.clip "video_1")
    assert.equal("r-1", clip.job.request_id)
    assert.same({ prompt = "x", duration = 8 }, clip.input)
    assert.equal("fal-ai/sora-2/text-to-video", clip.endpoint_id)
    assert.equal("clip video_1 (fal-ai/sora-2/text-to-video)", tostring(clip))
    assert.is_nil(clip.no_such_thing)
  end)

  it("is remixable only when the service was told to keep it", function()
    assert.is_false(make({}, fake.clip "video_1").remixable)
    assert.is_false(make({ delete_video = true }, fake.clip "video_1").remixable)
    assert.is_true(make({ delete_video = "no" }, fake.clip "video_1").remixable)
    for _, odd in ipairs { "", 5, json.null, {} } do
      local clip = make({ delete_video = false }, fake.clip("x", { video_id = odd }))
      assert.is_false(clip.remixable)
    end
  end)

  it("remixes into a clip with this one as its parent", function()
    local clip = make({ delete_video = false, duration = 8 }, fake.clip "video_1",
      fake.clip "video_2")
    local dusk, job = clip:remix("At dusk", { timeout = 9 })
    assert.equal("video_2", dusk.video_id)
    assert.equal("r-2", job.request_id)
    assert.equal(clip, dusk.parent)
    assert.same({
      verb = "subscribe", id = "fal-ai/sora-2/video-to-video/remix", opts = {
        input = { video_id = "video_1", prompt = "At dusk" }, validated = true,
        price_micros = 800000, timeout = 9,
      },
    }, client.calls[2])
  end)

  it("remixes a remix that was kept, by option or by table", function()
    local clip = make({ delete_video = false }, fake.clip "video_1",
      fake.clip "video_2", fake.clip "video_3")
    local dusk = clip:remix("At dusk", { delete_video = false })
    assert.is_true(dusk.remixable)
    local rain = dusk:remix { prompt = "Rain" }
    assert.equal("video_2", client.calls[3].opts.input.video_id)
    assert.is_false(rain.remixable)
    assert.equal(dusk, rain.parent)
  end)

  it("that was deleted refuses a remix with the remedy, sending nothing", function()
    local clip = make({}, fake.clip "video_1")
    local dusk, err = clip:remix "At dusk"
    assert.is_nil(dusk)
    assert.equal("not_remixable", err.kind)
    assert.equal("no", err.sent)
    assert.equal("fal: clip video_1 was made with delete_video = true and cannot be "
      .. "remixed; nothing was sent (endpoint fal-ai/sora-2/video-to-video/remix). "
      .. "Make the source again with delete_video = false (not the service's default), "
      .. "then remix that one.", tostring(err))
    assert.equal(1, #client.calls)
  end)

  it("reports the faults of a remix's input", function()
    local clip = make({ delete_video = false }, fake.clip "video_1")
    local dusk, err = clip:remix ""
    assert.is_nil(dusk)
    assert.equal("prompt", err.fields[1].path)
    assert.error_matches(function() clip:remix() end, "remix: a prompt or a table")
  end)

  it("of another family is continued by its address", function()
    client = fake.new { fake.clip("v", { video_id = nil }), fake.clip "w",
      fake.clip "u" }
    local endpoint, models = require "fal.endpoint", require "fal.models"
    local veo = endpoint.new(client, models.find "fal-ai/veo3.1")
    local clip = veo { prompt = "x" }
    assert.is_true(clip.remixable)
    assert.is_table((clip:remix "and then"))
    assert.equal("fal-ai/veo3.1/extend-video", client.calls[2].id)
    assert.equal("https://a.b/v.mp4", client.calls[2].opts.input.video_url)
    local kling = endpoint.new(client, models.find "minimax/h3/text-to-video")
    local _, err = kling({ prompt = "x" }):remix "y"
    assert.equal("not_remixable", err.kind)
  end)

  it("downloads its video to a path", function()
    local clip = make({}, fake.clip "video_1")
    local path, info = clip:download("out/a.mp4", { resume = true })
    assert.equal("out/a.mp4", path)
    assert.same({ size = 1 }, info)
    assert.same({
      { url = "https://a.b/video_1.mp4", path = "out/a.mp4", opts = { resume = true } },
    }, client.downloads)
  end)

  it("expects the size that the output tells, unless it is told another", function()
    local function expected(size, opts)
      local clip = make({}, fake.clip("video_1", {
        video = { url = "https://a.b/v.mp4", file_size = size } }))
      clip:download("v.mp4", opts)
      return client.downloads[#client.downloads].opts
    end
    assert.same({ expect = { size = 7 }, resume = false },
      expected(7, { resume = false }))
    assert.same({ expect = { size = 8 } }, expected(7, { expect = { size = 8 } }))
    for _, nonsense in ipairs { "7", 0, -1, 1.5, 0 / 0, 1 / 0, json.null } do
      assert.is_nil(expected(nonsense))
    end
  end)

  it("downloads several files, the video first", function()
    local clip = make({}, fake.clip "video_1")
    local paths = clip:download { thumbnail = "t.webp", video = "v.mp4" }
    assert.same({ thumbnail = "t.webp", video = "v.mp4" }, paths)
    assert.equal("v.mp4", client.downloads[1].path)
  end)

  it("downloads nothing when one of the files is not there", function()
    for _, missing in ipairs { json.null, { url = 5 }, "x" } do
      local clip = make({}, fake.clip("video_1", { spritesheet = missing }))
      local paths, err = clip:download { video = "v.mp4", spritesheet = "s.jpg" }
      assert.is_nil(paths)
      assert.equal("not_found", err.kind)
      assert.matches("no spritesheet", tostring(err), 1, true)
      assert.same({}, client.downloads)
    end
  end)

  it("hands a download's error on, and raises for what is no path", function()
    local clip = make({}, fake.clip "video_1")
    client.download_err = E.new { kind = "file", message = "disk full" }
    assert.same({ nil, client.download_err }, { clip:download "v.mp4" })
    assert.same({ nil, client.download_err }, { clip:download { video = "v.mp4" } })
    assert.error_matches(function() clip:download() end, "a path or a table")
  end)

  it("is collected together with its job", function()
    local weak = setmetatable({}, { __mode = "k" })
    do
      local clip = make({}, fake.clip "video_1")
      clip.job.output = clip
      weak[clip] = true
    end
    client, sora = nil, nil
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(weak))
  end)
end)
