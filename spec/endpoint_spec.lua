local E = require "fal.error"
local endpoint = require "fal.endpoint"
local fake = require "support.recording_client"
local memory = require "fal.memory"
local models = require "fal.models"

local T2V, PRO = "fal-ai/sora-2/text-to-video", "fal-ai/sora-2/text-to-video/pro"
local REMIX, CHARACTERS = "fal-ai/sora-2/video-to-video/remix", "fal-ai/sora-2/characters"

local function on(client, id) return endpoint.new(client, models.find(id)) end

describe("fal.endpoint", function()
  local client, t2v
  before_each(function()
    client = fake.new()
    t2v = on(client, T2V)
  end)

  it("is callable data", function()
    assert.equal(T2V, t2v.id)
    assert.equal("prompt", t2v.input[1].name)
    assert.equal("endpoint " .. T2V, tostring(t2v))
  end)

  it("sends the normalised input, validated and priced", function()
    local output, job = t2v({ prompt = "x", duration = "8s" }, { timeout = 5 })
    assert.equal("video_1", output.video_id)
    assert.equal("r-1", job.request_id)
    assert.same({
      verb = "subscribe", id = T2V, opts = {
        input = { prompt = "x", duration = 8 }, validated = true, price_micros = 800000,
        timeout = 5,
      },
    }, client.calls[1])
  end)

  it("submits in the same way", function()
    local job = t2v:submit({ prompt = "x" }, { webhook_url = "https://a.b/" })
    assert.equal("r-1", job.request_id)
    assert.same({
      input = { prompt = "x" }, validated = true, price_micros = 400000,
      webhook_url = "https://a.b/",
    }, client.calls[1].opts)
  end)

  it("makes a submitted job end in a clip too", function()
    local job = t2v:submit { prompt = "x", delete_video = false }
    local clip = job:wait()
    assert.is_true(clip.remixable)
    assert.equal(job, clip.job)
    assert.equal(clip, job:result())
  end)

  it("sends nothing that would be refused", function()
    local output, err = t2v { prompt = "", duration = 5 }
    assert.is_nil(output)
    assert.equal("validation", err.kind)
    assert.equal(2, #err.fields)
    local job
    job, err = t2v:submit {}
    assert.is_nil(job)
    assert.equal("prompt", err.fields[1].path)
    assert.same({}, client.calls)
  end)

  it("hands the client's error on", function()
    client.err = E.new { kind = "network", message = "down" }
    assert.same({ nil, client.err }, { t2v { prompt = "x" } })
    assert.same({ nil, client.err }, { t2v:submit { prompt = "x" } })
  end)

  it("changes neither the input nor the options", function()
    local input, opts = { prompt = "x", duration = "8" }, { extra = { a = 1 } }
    t2v(input, opts)
    assert.same({ prompt = "x", duration = "8" }, input)
    assert.same({ extra = { a = 1 } }, opts)
  end)

  it("passes extra fields unchecked", function()
    t2v({ prompt = "x" }, { extra = { seed = 7 } })
    assert.same({ prompt = "x", seed = 7 }, client.calls[1].opts.input)
    assert.is_nil(client.calls[1].opts.extra)
  end)

  it("raises for what is no table, at the caller's line", function()
    for _, misuse in ipairs {
      function() t2v("a cat") end, function() t2v() end, function() t2v:submit(5) end,
      function() t2v:validate("x") end, function() t2v:estimate() end,
      function() t2v({ prompt = "x" }, "fast") end,
    } do
      local ok, message = pcall(misuse)
      assert.is_false(ok)
      assert.matches("endpoint_spec.lua:%d+: %a+: a table", message)
    end
  end)

  it("knows the options of whatever only asks", function()
    for _, name in ipairs { "validate", "warnings", "estimate" } do
      local function ask(opts) return t2v[name](t2v, { prompt = "x" }, opts) end
      assert.is_truthy((ask { extra = { seed = 1 }, allow_legacy = true }))
      assert.is_truthy((ask { timeout = 60, name = "the call's own" }))
      assert.error_matches(function() ask { allow_legcy = true } end,
        "unknown option 'allow_legcy'; did you mean 'allow_legacy'?", 1, true)
      assert.error_matches(function() ask { extra = "seed" } end,
        "option 'extra' must be a table", 1, true)
    end
  end)

  it("validates and warns without a client", function()
    local free = endpoint.new(function() error("asked for a client") end,
      models.find(T2V))
    assert.same({ prompt = "x", duration = 8 },
      free:validate { prompt = "x", duration = "8" })
    local _, err = free:validate { duration = 8 }
    assert.equal("validation", err.kind)
    assert.equal(1, #free:warnings { prompt = "x", resolution = "480p" })
    assert.equal(0.8, free:estimate { prompt = "x", duration = 8 })
  end)

  it("estimates in dollars", function()
    assert.equal(0.4, t2v:estimate { prompt = "x" })
    assert.equal(0.8, t2v:estimate { prompt = "x", duration = "8" })
    assert.equal(14, on(client, PRO):estimate {
      prompt = "x", duration = 20, resolution = "true_1080p",
    })
    local _, err = t2v:estimate { prompt = "" }
    assert.equal("validation", err.kind)
  end)

  it("says when no price is known", function()
    local dollars, err = on(client, CHARACTERS):estimate {
      name = "Mossy", video_url = "https://a.b/c.mp4",
    }
    assert.is_nil(dollars)
    assert.equal("price_unknown", err.kind)
    assert.equal(CHARACTERS, err.endpoint_id)
    assert.matches("no price is published", tostring(err), 1, true)
  end)

  it("announces a retired endpoint once and refuses nothing", function()
    assert.is_table((t2v { prompt = "x" }))
    t2v { prompt = "y" }
    on(client, PRO) { prompt = "z" }
    assert.equal(1, #client.notices)
    assert.matches("is retired since 2026-09-24", client.notices[1], 1, true)
    assert.matches("fal-ai/veo3.1", client.notices[1], 1, true)
    assert.equal(3, #client.calls)
  end)

  it("says nothing of endpoints that are served", function()
    on(client, "fal-ai/veo3.1") { prompt = "x" }
    assert.same({}, client.notices)
  end)

  it("reports a warning once", function()
    t2v { prompt = "x", resolution = "480p" }
    t2v { prompt = "y", resolution = "480p" }
    assert.equal(2, #client.notices)
    assert.matches('resolution is "480p"', client.notices[2], 1, true)
  end)

  it("asks for the default client at each call, and hands its failure on", function()
    local first, second, err = fake.new(), fake.new(), E.new { kind = "closed" }
    local answers, n = { { first }, { second }, { nil, err } }, 0
    local free = endpoint.new(function()
      n = n + 1
      return answers[n][1], answers[n][2]
    end, models.find(T2V))
    free { prompt = "x" }
    free { prompt = "x" }
    assert.same({ 1, 1 }, { #first.calls, #second.calls })
    assert.same({ nil, err }, { free { prompt = "x" } })
  end)

  it("guards a secret field from then on", function()
    t2v({ prompt = "x", api_key = "sk-not-for-anyone" }, { allow_legacy = true })
    assert.equal("sk-not-for-anyone", client.calls[1].opts.input.api_key)
    assert.is_nil(client.calls[1].opts.allow_legacy)
    assert.equal("[secret]", E.redact("sk-not-for-anyone"))
    E.forget(client)
  end)

  describe("prepare", function()
    it("checks known endpoints", function()
      local prepared = endpoint.prepare(client, T2V, { input = { prompt = "x" } })
      assert.same({ prompt = "x" }, prepared.input)
      assert.equal(400000, prepared.price_micros)
      assert.equal(models.find(T2V), prepared.definition)
      local _, err = endpoint.prepare(client, T2V, {})
      assert.equal("validation", err.kind)
    end)

    it("says nothing of unknown endpoints", function()
      local prepared, err = endpoint.prepare(client, "some/other-model", {})
      assert.is_nil(prepared)
      assert.is_nil(err)
    end)
  end)

  describe("output", function()
    it("hands on whatever is no clip", function()
      for _, odd in ipairs { "text", 5, true, { 1 }, { video = "x" }, { video = {} } } do
        client = fake.new { odd }
        assert.equal(odd, (on(client, T2V) { prompt = "x" }))
      end
    end)

    it("of characters is plain", function()
      client = fake.new { { id = "char_1", name = "Mossy" } }
      local character = on(client, CHARACTERS) {
        name = "Mossy", video_url = "https://a.b/c.mp4",
      }
      assert.same({ id = "char_1", name = "Mossy" }, character)
    end)
  end)

  it("warns when a character that it knows is not named in the prompt", function()
    client = fake.new { { id = "char_1", name = "Mossy (the fox)" }, fake.clip "video_1" }
    on(client, CHARACTERS) { name = "Mossy (the fox)", video_url = "https://a.b/c.mp4" }
    on(client, T2V) { prompt = "Mossy (the fox) waves", character_ids = "char_1" }
    on(client, T2V) { prompt = "A fox waves", character_ids = "char_2" }
    assert.equal(1, #client.notices)
    on(client, T2V) { prompt = "A fox waves", character_ids = "char_1" }
    assert.equal(2, #client.notices)
    assert.matches("does not name the character Mossy (the fox)", client.notices[2], 1,
      true)
  end)

  describe("with a video_id", function()
    local remix
    before_each(function() remix = on(client, REMIX) end)

    it("refuses what this client made to be deleted, sending nothing", function()
      t2v { prompt = "x" }
      local clip, err = remix { video_id = "video_1", prompt = "y" }
      assert.is_nil(clip)
      assert.equal("not_remixable", err.kind)
      assert.equal("no", err.sent)
      assert.matches("video_1 was made with delete_video = true", tostring(err), 1, true)
      assert.matches("delete_video = false", err.remedy, 1, true)
      assert.equal(1, #client.calls)
      local _, why = remix:submit { video_id = "video_1", prompt = "y" }
      assert.equal("not_remixable", why.kind)
      _, why = endpoint.prepare(client, REMIX, {
        input = { video_id = "video_1", prompt = "y" },
      })
      assert.equal("not_remixable", why.kind)
    end)

    it("lets through what was kept and what it does not know", function()
      t2v { prompt = "x", delete_video = false }
      assert.is_table((remix { video_id = "video_1", prompt = "y" }))
      assert.is_table((remix { video_id = "video_other", prompt = "y" }))
      assert.is_table((on(fake.new(), REMIX) { video_id = "video_1", prompt = "y" }))
    end)

    it("prices the remix by what it knows of the source", function()
      client = fake.new { fake.clip "v_std", fake.clip "v_pro", fake.clip "v_rr" }
      remix = on(client, REMIX)
      on(client, T2V) { prompt = "x", duration = 12, delete_video = false }
      on(client, PRO) { prompt = "x", duration = 8, delete_video = false }
      assert.equal(1.2, remix:estimate { video_id = "v_std", prompt = "y" })
      assert.equal(4, remix:estimate { video_id = "v_pro", prompt = "y" })
      remix { video_id = "v_std", prompt = "y", delete_video = false }
      assert.equal(1200000, client.calls[3].opts.price_micros)
      assert.equal(1.2, remix:estimate { video_id = "v_rr", prompt = "y" })
      local _, err = remix:estimate { video_id = "v_else", prompt = "y" }
      assert.equal("price_unknown", err.kind)
    end)

    it("believes no length that no clip has", function()
      for _, duration in ipairs { 1e308, math.huge, -5, 0 / 0, "15", 86401 } do
        local odd = fake.clip "v_odd"
        odd.video.duration = duration
        client = fake.new { odd }
        on(client, T2V) { prompt = "x", duration = 12, delete_video = false }
        assert.equal(1.2,
          on(client, REMIX):estimate { video_id = "v_odd", prompt = "y" })
      end
    end)

    it("does not take an extension for as long as what was asked for", function()
      local edit = "fal-ai/kling-video/o3/pro/video-to-video/edit"
      client = fake.new {
        { video = { url = "https://a.b/1" } }, { video = { url = "https://a.b/2" } },
        { video = { url = "https://a.b/3", duration = 15 } },
      }
      local function price(url)
        return on(client, edit):estimate { prompt = "x", video_url = url }
      end
      on(client, "fal-ai/veo3.1") { prompt = "x", duration = 8 }
      for _ = 1, 2 do
        on(client, "fal-ai/veo3.1/extend-video") {
          prompt = "x", video_url = "https://a.b/1",
        }
      end
      assert.equal(8 * 0.14, price "https://a.b/1")
      assert.is_nil((price "https://a.b/2"))
      assert.equal(15 * 0.14, price "https://a.b/3")
    end)

    it("keeps a bounded memory, oldest out first", function()
      t2v { prompt = "x" }
      for i = 1, 4095 do memory.remember(client, "clip", "id" .. i, {}) end
      assert.is_table(memory.recall(client, "clip", "video_1"))
      memory.remember(client, "clip", "one more", {})
      assert.is_nil(memory.recall(client, "clip", "video_1"))
      assert.is_table(memory.recall(client, "clip", "id1"))
      assert.is_table((remix { video_id = "video_1", prompt = "y" }))
    end)
  end)
end)
