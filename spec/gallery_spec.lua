local gallery = require "fal.gallery"
local page = require "fal.gallery.page"
local json = require "fal.json"
local plan = require "fal.workflow.plan"
local fake = require "support.fake_client"
local state = require "fal.workflow.state"
local workflow = require "fal.workflow"

local client = fake.new({})
local sora = require("fal.sora2").with(client)

local HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
  .. "\27[2J\226\128\174\"'&\nsecond"

--- The page's data of a film, as a browser would read it.
local function data_of(html)
  local text = html:match('<script type="application/json" id="film">(.-)</script>')
  return assert(json.decode(text)), text
end

local function film_of(build, known)
  local f = workflow.new("film", { client = client, dir = "/nonexistent" })
  build(f)
  known = known or state.new()
  local made = assert(plan.make(f.nodes, {}, known:known()))
  return gallery.film("film", "/nonexistent", made, known), made
end

local function tree(f)
  local base = f:clip("base", sora.text_to_video, { prompt = "A cat", duration = 8 })
  base:remix("dusk", "At dusk"):remix("rain", "In the rain")
  base:remix("neon", "In neon light")
end

describe("the gallery", function()
  it("knows who was made from whom", function()
    local film = film_of(tree)
    local index = {}
    for i, node in ipairs(film.nodes) do index[node.name] = i - 1 end
    local function node(name) return film.nodes[index[name] + 1] end
    assert.is_nil(node("base").parent)
    assert.equal(index.base, node("dusk").parent)
    assert.equal(index.dusk, node("rain").parent)
    assert.same({ index.dusk, index.neon }, { node("base").children[1],
      node("base").children[2] })
    assert.equal("missing", node("rain").state)
    assert.equal("8 s", node("rain").span)
    assert.equal("$0.80", node("rain").cost)
  end)

  it("shows a character beside the clips that use it, not above them", function()
    local film = film_of(function(f)
      local tom = f:clip("tom", sora.create_character,
        { video_url = "https://a.test/t.mp4", name = "Tom" })
      f:clip("a", sora.text_to_video, { prompt = "Tom", character_ids = { tom } })
    end)
    assert.is_nil(film.nodes[2].parent)
    assert.same({ 0 }, { film.nodes[2].uses[1] })
    assert.is_true(film.nodes[1].character)
    assert.matches("<h2>Characters</h2>", page.render(film))
  end)

  it("tells what became of each node", function()
    local _, made = film_of(tree)
    local known = state.new()
    local function intent(number, entry)
      known:add { t = "intent", a = number, k = entry.key, n = entry.name,
        e = entry.endpoint_id, i = { prompt = "x", delete_video = false }, m = 800000,
        at = 1700000000 }
    end
    for i, entry in ipairs(made.nodes) do intent(i, entry) end
    known:add { t = "accepted", a = 1, r = "r1" }
    known:add { t = "done", a = 1, o = { video_id = "video_1" }, sec = 61, at = 1 }
    known:add { t = "failed", a = 2, err = { kind = "generation", message = HOSTILE } }
    known:add { t = "accepted", a = 3, r = "r3" }
    local film = film_of(tree, known)
    local states = {}
    for i, node in ipairs(film.nodes) do states[i] = node.state end
    assert.same({ "done", "failed", "running", "unknown" }, states)
    assert.equal("1 min 01 s", film.nodes[1].took)
    assert.matches("onerror", film.nodes[2].error)
    assert.same({ "$2.40", "spent at most" }, film.sums[1])
  end)

  it("shows text of others as text", function()
    local film = film_of(function(f)
      f:clip(HOSTILE, sora.text_to_video, { prompt = HOSTILE })
    end)
    film.name = page.clean(HOSTILE)
    local html = assert(page.render(film))
    assert.is_nil(html:find("<script>alert", 1, true))
    assert.is_nil(html:find("<img src=x", 1, true))
    assert.is_nil(html:find("\27", 1, true))
    assert.is_nil(html:find("\226\128\174", 1, true))
    local data, text = data_of(html)
    assert.is_nil(text:find("<", 1, true))
    assert.equal("</script><script>alert(1)</script><img src=x onerror=alert(2)>\\x1b[2J"
      .. "\\xe2\\x80\\xae\"'&\nsecond", data.nodes[1].prompt)
    local scripts = 0
    for _ in html:gmatch("<script") do scripts = scripts + 1 end
    assert.equal(2, scripts)
  end)

  it("keeps secrets out", function()
    local film = film_of(function(f)
      f:clip("a", sora.text_to_video, { prompt = "x", api_key = "sk-secret-1234" },
        { allow_legacy = true })
    end)
    assert.is_nil(page.render(film):find("sk-secret", 1, true))
  end)

  it("allows itself its own style and script and nothing else", function()
    local html = assert(page.render((film_of(tree))))
    local policy = html:match('http%-equiv="Content%-Security%-Policy" content="(.-)"')
    assert.matches("default%-src 'none'", policy)
    local script = html:match("<script>(.-)</script>")
    local hex = require("fal.core").sha256(script)
    local bytes = hex:gsub("%x%x", function(h) return string.char(tonumber(h, 16)) end)
    assert.truthy(policy:find("script-src 'sha256-"
      .. require("fal.file").base64(bytes) .. "'", 1, true))
    assert.is_nil(policy:find("unsafe", 1, true))
    assert.is_nil(html:find("https?://"))
    assert.is_nil(html:find(' style="', 1, true))
    assert.is_nil(html:find("innerHTML", 1, true))
  end)

  it("lays a long chain in one row, and many leaves out as a block", function()
    local html = assert(page.render((film_of(function(f)
      local node = f:clip("c0", sora.text_to_video, { prompt = "x" })
      for i = 1, 600 do node = node:remix("c" .. i, "x") end
    end))))
    local lists = select(2, html:gsub("<ol", ""))
    assert.equal(1, lists)
    html = assert(page.render((film_of(function(f)
      local base = f:clip("base", sora.text_to_video, { prompt = "x" })
      for i = 1, 5 do base:remix("c" .. i, "x") end
    end))))
    assert.matches('<ul class="fan">', html)
  end)

  it("leaves the end of a long block to the script", function()
    local film = film_of(function(f)
      local base = f:clip("base", sora.text_to_video, { prompt = "x" })
      for i = 1, 200 do base:remix("c" .. i, "x") end
    end)
    local html = assert(page.render(film))
    local seen, count = {}, 0
    local function see(n)
      assert.is_nil(seen[n])
      seen[n], count = true, count + 1
    end
    for n in html:gmatch('<article [^>]*data%-n="(%d+)"') do see(n) end
    assert.equal(121, count)
    for n in html:match('data%-rest="([%d,]+)"'):gmatch("%d+") do see(n) end
    assert.equal(#film.nodes, count)
  end)

  it("says so when there is nothing", function()
    assert.matches("No clips yet", page.render((film_of(function() end))))
  end)
end)
