local endpoint = require "fal.endpoint"
local fake = require "support.fake_client"
local models = require "fal.models"
local script = require "support.script"
local workflow = require "fal.workflow"

local client = fake.new({})
local sora = require("fal.sora2").with(client)

local function marker(path) return require("fal.file").new(path) end

local function film(opts)
  opts = opts or {}
  opts.client, opts.dir = client, opts.dir or "/nonexistent/folder"
  return workflow.new("film", opts)
end

local function by_name(plan)
  local index = {}
  for _, entry in ipairs(plan.nodes) do index[entry.name] = entry end
  return index
end

local function faults(f)
  local plan, err = f:plan()
  assert.is_nil(plan)
  assert.equal("validation", err.kind)
  assert.equal("no", err.sent)
  local list = {}
  for i, field in ipairs(err.fields) do list[i] = field.path .. ": " .. field.type end
  table.sort(list)
  return list, tostring(err)
end

local function tree(f)
  local base = f:clip("base", sora.text_to_video, { prompt = "A cat", duration = 8 })
  local dusk = base:remix("dusk", "At dusk")
  dusk:remix("rain", "In the rain")
  base:remix("neon", "In neon light")
  return base, dusk
end

describe("a workflow's plan", function()
  it("prices the whole and what is to be paid, remixes by their source's length",
    function()
      local f = film()
      tree(f)
      local plan = assert(f:plan())
      assert.equal(3.2, plan.cost)
      assert.equal(3.2, plan.to_pay)
      assert.equal(0, plan.committed)
      for _, entry in ipairs(plan.nodes) do
        assert.equal("to_pay", entry.state)
        assert.equal("it is new", entry.reason)
        assert.equal(0.8, entry.cost)
      end
    end)

  it("lists every node after what it needs", function()
    local f = film()
    tree(f)
    local place = {}
    for i, entry in ipairs(assert(f:plan()).nodes) do
      for _, parent in ipairs(entry.parents) do assert.is_number(place[parent]) end
      place[entry.name] = i
    end
    assert.equal(4, #assert(f:plan()).nodes)
  end)

  it("makes what is continued continuable, and leaves leaves alone", function()
    local f = film()
    tree(f)
    local plan = by_name(assert(f:plan()))
    assert.is_false(plan.base.input.delete_video)
    assert.is_false(plan.dusk.input.delete_video)
    assert.is_nil(plan.rain.input.delete_video)
    assert.is_nil(plan.neon.input.delete_video)
  end)

  it("refuses a parent that is told to be deleted", function()
    local f = film()
    local base = f:clip("base", sora.text_to_video,
      { prompt = "A cat", delete_video = true })
    base:remix("dusk", "At dusk")
    assert.same({ "base.delete_video: contradiction" }, (faults(f)))
  end)

  it("names every fault of every node at once", function()
    local f = film()
    local base = f:clip("base", sora.text_to_video, { prompt = "", duration = 7 })
    base:remix("dusk", { prompt = "At dusk", duration = 8 })
    f:clip("photo", sora.image_to_video, { prompt = "x",
      image_url = marker("/nonexistent/photo.png") })
    assert.same({ "base.duration: enum", "base.prompt: length", "dusk.duration: unknown",
      "photo.image_url: file" }, (faults(f)))
  end)

  it("wants a character to be named in the prompt that it appears in", function()
    local f = film()
    local tom = f:clip("tom", sora.create_character,
      { video_url = "https://a.test/tom.mp4", name = "Tom" })
    f:clip("a", sora.text_to_video, { prompt = "Tom sleeps", character_ids = { tom } })
    f:clip("b", sora.text_to_video, { prompt = "A cat", character_ids = { tom } })
    assert.same({ "b.prompt: character" }, (faults(f)))
  end)

  it("hands a clip on by its video where a file is wanted", function()
    local f = film()
    local base = f:clip("base", sora.text_to_video, { prompt = "Tom" })
    f:clip("tom", sora.create_character, { video_url = base, name = "Tom" })
    local plan = by_name(assert(f:plan()))
    assert.equal("video.url", plan.tom.input.video_url.output)
    -- The file outlives the service's copy, so nothing has to be kept there.
    assert.is_nil(plan.base.input.delete_video)
  end)

  it("chains models that continue by the video's address", function()
    local veo = endpoint.new(client, models.find("fal-ai/veo3.1"))
    local f = film()
    local base = f:clip("base", veo, { prompt = "A cat" })
    base:remix("longer", "It jumps")
    local plan = by_name(assert(f:plan()))
    assert.equal("video.url", plan.longer.input.video_url.output)
    assert.is_nil(plan.base.input.delete_video)
  end)

  it("refuses an output that a node does not have", function()
    local f = film()
    local tom = f:clip("tom", sora.create_character,
      { video_url = "https://a.test/tom.mp4", name = "Tom" })
    f:clip("a", sora.image_to_video, { prompt = "x", image_url = tom:output "video.url" })
    assert.same({ "a.image_url: reference" }, (faults(f)))
  end)

  it("keeps to the budget, and asks for a ceiling where no price is known", function()
    local f = film { budget = 3 }
    tree(f)
    local plan, err = f:plan()
    assert.is_nil(plan)
    assert.equal("budget", err.kind)
    assert.matches("%$3%.20", tostring(err))
    f = film { budget = 3.2 }
    tree(f)
    assert.truthy(f:plan())
    f:clip("tom", sora.create_character, { video_url = "https://a.test/t.mp4",
      name = "Tom" })
    plan, err = f:plan()
    assert.is_nil(plan)
    assert.equal("price_unknown", err.kind)
    assert.matches("tom", err.message)
    f = film { budget = 1 }
    f:clip("tom", sora.create_character, { video_url = "https://a.test/t.mp4",
      name = "Tom" }, { max_price = 0.5 })
    assert.equal(0.5, assert(f:plan()).to_pay)
  end)

  it("keeps to a node's own ceiling", function()
    local f = film()
    f:clip("base", sora.text_to_video, { prompt = "A cat" }, { max_price = 0.3 })
    local plan, err = f:plan()
    assert.is_nil(plan)
    assert.equal("budget", err.kind)
    assert.matches("'base' costs %$0%.40, more than its max_price of %$0%.30",
      err.message)
  end)

  it("sends nothing and writes nothing", function()
    local made, core = fake.new({})
    local dir = script.directory()
    local f = workflow.new("film", { client = made, dir = dir })
    f:clip("base", require("fal.sora2").with(made).text_to_video, { prompt = "A cat" })
    assert(f:plan())
    assert.same({}, core.requests)
    assert.is_nil(io.open(dir .. "/workflow.jsonl"))
    script.remove(dir)
  end)

  it("holds for a thousand clips of one base", function()
    local f = film()
    local base = f:clip("base", sora.text_to_video, { prompt = "A cat" })
    for i = 1, 1000 do base:remix("clip " .. i, "Number " .. i) end
    local plan = assert(f:plan())
    assert.equal(1001, #plan.nodes)
    assert.equal(400.4, plan.cost)
  end)
end)

describe("a node's identity", function()
  local function keys(build)
    local f = film()
    build(f)
    local index = by_name(assert(f:plan()))
    return function(name) return index[name].key end
  end

  it("is that of its input in the wire's form", function()
    local a = keys(function(f)
      f:clip("x", sora.text_to_video, { prompt = "A cat", duration = "8s" })
    end)
    local b = keys(function(f)
      f:clip("y", sora.text_to_video, { duration = 8, prompt = "A cat" })
    end)
    assert.equal(a "x", b "y")
  end)

  it("changes with a changed prompt, and with it that of everything behind it",
    function()
      local function build(prompt)
        return keys(function(f)
          local base = f:clip("base", sora.text_to_video, { prompt = "A cat" })
          base:remix("dusk", prompt):remix("rain", "In the rain")
          base:remix("neon", "In neon light")
        end)
      end
      local a, b = build "At dusk", build "At dawn"
      assert.equal(a "base", b "base")
      assert.equal(a "neon", b "neon")
      assert.not_equal(a "dusk", b "dusk")
      assert.not_equal(a "rain", b "rain")
    end)

  it("does not change when something begins or ceases to continue the clip", function()
    local function build(with_child)
      return keys(function(f)
        local base = f:clip("base", sora.text_to_video, { prompt = "A cat" })
        if with_child then base:remix("dusk", "At dusk") end
      end)
    end
    assert.equal(build(true) "base", build(false) "base")
  end)

  it("is another one for another take of the same", function()
    local key = keys(function(f)
      for _, name in ipairs { "one", "two", "three" } do
        f:clip(name, sora.text_to_video, { prompt = "A cat" })
      end
    end)
    assert.not_equal(key "one", key "two")
    assert.not_equal(key "two", key "three")
  end)

  it("is that of a file's contents, not of its name", function()
    local dir = script.directory()
    local function put(name, bytes)
      local file = assert(io.open(dir .. "/" .. name, "wb"))
      file:write(bytes)
      file:close()
      return marker(dir .. "/" .. name)
    end
    local same = ("pixels"):rep(300000)
    local files = { put("a.png", same), put("b.png", same), put("c.png", same .. "!") }
    local key = keys(function(f)
      for i, file in ipairs(files) do
        f:clip("clip " .. i, sora.image_to_video, { prompt = "x" .. i, image_url = file })
      end
    end)
    assert.truthy(key "clip 1")
    local one = {}
    for i, file in ipairs(files) do
      one[i] = keys(function(f)
        f:clip("clip", sora.image_to_video, { prompt = "x", image_url = file })
      end)("clip")
    end
    assert.equal(one[1], one[2])
    assert.not_equal(one[1], one[3])
    script.remove(dir)
  end)
end)

describe("the names of a workflow's files", function()
  local name = require "fal.workflow.name"

  it("are the nodes' own where these are plain", function()
    assert.equal("base", name.plain "base")
    assert.equal("Take_2-b", name.plain "Take_2-b")
  end)

  it("are safe whatever the nodes are called", function()
    for _, hostile in ipairs { "../../etc/passwd", "a/b", "a\\b", "..", ".", "a\0b",
      "con", "index", "lock", "a b", "\27[2J", "<script>", "é", ("x"):rep(300),
      "a.thumbnail", "-rf" } do
      local plain = name.plain(hostile)
      assert.truthy(plain:find("^[%w_][%w_-]*$"), plain)
      assert.is_true(#plain <= 64)
      assert.not_equal(hostile, plain)
    end
  end)

  it("are different for different nodes, whatever the case of letters", function()
    local list = { "Base", "base", "BASE", "a b", "a/b", "a-b" }
    local seen = {}
    for _, plain in pairs(name.all(list)) do
      assert.is_nil(seen[plain:lower()], plain)
      seen[plain:lower()] = true
    end
  end)
end)

describe("building a workflow", function()
  it("raises for a name that is taken, and for what is no name", function()
    local f = film()
    local base = f:clip("base", sora.text_to_video, { prompt = "A cat" })
    assert.has_error(function() base:remix("base", "x") end,
      "remix: the workflow has a node 'base' already")
    assert.is_false(pcall(f.clip, f, "", sora.text_to_video, { prompt = "x" }))
    assert.is_false(pcall(f.clip, f, "\255", sora.text_to_video, { prompt = "x" }))
    assert.is_false(pcall(workflow.new, "", {}))
    -- It would be the root of the file system.
    assert.is_false(pcall(workflow.new, "film", { client = client, dir = "" }))
  end)

  it("raises for unknown options, with the one that was meant", function()
    local ok, message = pcall(function()
      workflow.new("film", { client = client, bugdet = 3 })
    end)
    assert.is_false(ok)
    assert.matches("did you mean 'budget'", message)
  end)

  it("raises for a hint that could not be sent", function()
    local f = film()
    local base = f:clip("base", sora.text_to_video, { prompt = "A cat" })
    for _, add in ipairs {
      function(opts) f:clip("x", sora.text_to_video, { prompt = "A cat" }, opts) end,
      function(opts) base:remix("x", "At dusk", opts) end,
    } do
      local ok, message = pcall(add, { hint = "a\nb" })
      assert.is_false(ok)
      assert.matches("workflow_plan_spec.*'hint' must not hold control characters",
        message)
    end
  end)

  it("refuses an input that contains itself", function()
    local input = { prompt = "A cat" }
    input.again = input
    local f = film()
    f:clip("base", sora.text_to_video, input)
    local plan, err = f:plan()
    assert.is_nil(plan)
    assert.equal("validation", err.kind)
  end)

  it("raises where a node's output cannot be guessed", function()
    local f = film()
    local base = f:clip("base", sora.text_to_video, { prompt = "A cat" })
    local ok, message = pcall(f.clip, f, "x", sora.text_to_video, { prompt = base })
    assert.is_false(ok)
    assert.matches("which output of node 'base' is meant at prompt", message)
  end)

  it("raises for a node of another workflow", function()
    local base = film():clip("base", sora.text_to_video, { prompt = "A cat" })
    assert.is_false(pcall(function()
      local f = film()
      f:clip("x", sora.create_character, { video_url = base, name = "Tom" })
    end))
  end)

  it("refuses tables that contain each other, and is done with them at once", function()
    local f, circle = film(), {}
    circle.a, circle.b, circle.c = circle, { circle, circle }, { d = circle }
    f:clip("base", sora.text_to_video, { prompt = "A cat" }, { extra = { x = circle } })
    local _, err = f:plan()
    assert.matches("contains itself", tostring(err), 1, true)
  end)

  it("does not keep the caller's tables", function()
    local input = { prompt = "A cat" }
    local f = film()
    f:clip("base", sora.text_to_video, input)
    input.prompt = ""
    assert.truthy(f:plan())
    local opts = { extra = { take = 1 } }
    f:clip("one", sora.text_to_video, { prompt = "A cat" }, opts)
    opts.extra.take = 2
    f:clip("two", sora.text_to_video, { prompt = "A cat" }, opts)
    local plan = assert(f:plan())
    assert.not_equal(plan.nodes[2].base, plan.nodes[3].base)
  end)
end)
