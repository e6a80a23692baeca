local sora2 = require("fal.sim.sora2")
local json = require("fal.sim.json")

local T2V, I2V = "fal-ai/sora-2/text-to-video", "fal-ai/sora-2/image-to-video"
local REMIX, CHARACTERS = "fal-ai/sora-2/video-to-video/remix", "fal-ai/sora-2/characters"

local function judge(id, input, generation)
  return sora2.judge(id, input, {
    generation = generation or "new",
    file_missing = function(url)
      return url:find("missing", 1, true) ~= nil
    end,
    character_known = function(character)
      return character == "char_known"
    end,
  })
end

-- "field type" of each fault.
local function types(...)
  local out = {}
  for i, fault in ipairs(judge(...)) do
    out[i] = table.concat(fault.loc, ".") .. " " .. fault.type
  end
  return out
end

describe("the simulator's judgement of Sora 2 inputs", function()
  it("takes everything the service takes", function()
    for _, input in ipairs({
      { prompt = "x" }, { prompt = ("é"):rep(5000) }, { prompt = "x", duration = 20 },
      { prompt = "x", delete_video = "no", detect_and_block_ip = 0 },
      { prompt = "x", model = "sora-2-2025-12-08", resolution = "720p" },
      { prompt = "x", character_ids = { "char_known" } },
      { prompt = "x", character_ids = json.null }, { prompt = "x", unheard_of = 1 },
    }) do
      assert.same({}, judge(T2V, input))
    end
    assert.same({}, judge(I2V, { prompt = "x", image_url = "https://a.test/b.png",
      aspect_ratio = "auto", resolution = "auto" }))
    assert.same({}, judge(I2V .. "/pro", { prompt = "x",
      image_url = "data:image/png;base64,AA", resolution = "true_1080p" }))
    assert.same({}, judge(REMIX, { video_id = "video_1", prompt = "x" }))
    assert.same({}, judge(CHARACTERS,
      { video_url = "https://a.test/b.mp4", name = "Ann" }))
  end)

  it("refuses a duration that is no JSON integer of the list", function()
    for _, value in ipairs({ "8", "8s", 5, 8.5, json.null, true }) do
      assert.same({ "body.duration literal_error" },
        types(T2V, { prompt = "x", duration = value }))
    end
  end)

  it("words the refusal as the newer service does", function()
    assert.same({ {
      type = "literal_error", loc = { "body", "duration" }, input = "8",
      msg = "Input should be 4, 8, 12, 16 or 20",
      ctx = { expected = "4, 8, 12, 16 or 20" },
    } }, judge(T2V, { prompt = "x", duration = "8" }))
    assert.equal("Input should be '9:16' or '16:9'",
      judge(T2V, { prompt = "x", aspect_ratio = "1:1" })[1].msg)
  end)

  it("words it as the older service does", function()
    assert.same({ {
      type = "value_error.const", loc = { "body", "duration" },
      msg = "unexpected value; permitted: 4, 8, 12, 16, 20",
      ctx = { given = 6, permitted = { 4, 8, 12, 16, 20 } },
    } }, judge(T2V, { prompt = "x", duration = 6 }, "old"))
    assert.same({ {
      type = "value_error.missing", loc = { "body", "prompt" }, msg = "field required",
    } }, judge(T2V, {}, "old"))
  end)

  it("names every fault at once", function()
    assert.same({ "body.prompt missing", "body.resolution literal_error",
      "body.aspect_ratio literal_error", "body.delete_video bool_parsing",
      "body.character_ids too_long" }, types(T2V, { resolution = "1080p",
      aspect_ratio = "auto", delete_video = "maybe", character_ids = { "a", "b", "c" } }))
  end)

  it("counts characters, not bytes", function()
    assert.same({ "body.prompt string_too_long" },
      types(T2V, { prompt = ("é"):rep(5001) }))
    assert.same({ "body.prompt string_too_short" }, types(T2V, { prompt = "" }))
    assert.same({ "body.name string_too_long" }, types(CHARACTERS,
      { video_url = "https://a.test/b.mp4", name = ("x"):rep(81) }))
  end)

  it("takes no null where a value is meant, and no array for an object", function()
    assert.same({ "body.prompt string_type" }, types(T2V, { prompt = json.null }))
    assert.same({ "body.delete_video bool_parsing" },
      types(T2V, { prompt = "x", delete_video = json.null }))
    assert.same({ "body model_attributes_type" }, types(T2V, { 1, 2 }))
    assert.same({ "body model_attributes_type" }, types(T2V, "text"))
  end)

  it("cannot fetch what is no address, nor what is not there", function()
    for _, url in ipairs({ "cat.png", "ftp://a.test/x", "https://a.test/missing" }) do
      assert.same({ "body.image_url file_download_error" },
        types(I2V, { prompt = "x", image_url = url }))
    end
  end)

  it("knows no character of others", function()
    assert.same({ "body.character_ids.0 value_error" },
      types(T2V, { prompt = "x", character_ids = { "char_foreign" } }))
  end)

  it("prices by resolution and length", function()
    local function cost(id, input, parent)
      return math.floor(sora2.plan(id, input, parent).cost * 100 + 0.5)
    end
    assert.equal(40, cost(T2V, {}))
    assert.equal(200, cost(T2V .. "/pro", {}))
    assert.equal(360, cost(T2V .. "/pro", { resolution = "720p", duration = 12 }))
    assert.equal(1400, cost(T2V .. "/pro", { resolution = "true_1080p", duration = 20 }))
    assert.equal(80, cost(REMIX, {}, { width = 1280, height = 720, seconds = 8 }))
    assert.equal(0, cost(CHARACTERS, { name = "Ann" }))
  end)

  it("makes the size that was asked for", function()
    local plan = sora2.plan(T2V .. "/pro", { aspect_ratio = "9:16" })
    assert.same({ 1024, 1792 }, { plan.width, plan.height })
    plan = sora2.plan(REMIX, {}, { width = 720, height = 1280, seconds = 8 })
    assert.same({ 720, 1280, 8 }, { plan.width, plan.height, plan.seconds })
    assert.is_true(plan.deleted)
    assert.is_false(sora2.plan(T2V, { delete_video = "false" }).deleted)
  end)
end)
