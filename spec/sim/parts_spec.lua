local clock = require("fal.sim.clock")
local heap = require("fal.sim.heap")
local matcher = require("fal.sim.matcher")
local random = require("fal.sim.random")
local render = require("fal.sim.render")
local url = require("fal.sim.url")

describe("fal.sim.heap", function()
  it("gives back the smallest first, equals in their order", function()
    local h, out = heap.new(), {}
    for i, at in ipairs({ 5, 1, 4, 1, 3, 9, 2, 6 }) do
      h:push(at, at .. "/" .. i)
    end
    assert.equal(1, h:top())
    for i = 1, 8 do
      out[i] = h:pop()
    end
    assert.same({ "1/2", "1/4", "2/7", "3/5", "4/3", "5/1", "6/8", "9/6" }, out)
    assert.is_nil(h:pop())
    assert.is_nil(h:top())
  end)
end)

describe("fal.sim.clock", function()
  it("keeps the fraction of the second at which it was started", function()
    local now = 5
    local c = clock.new(function() return now end, 2, 1700000000.75)
    assert.equal("2023-11-14T22:13:20.750000Z", c:iso(c:now()))
    now = 5.25
    c:advance(1)
    assert.equal("2023-11-14T22:13:22.250000Z", c:iso(c:now()))
  end)
end)

describe("fal.sim.random", function()
  it("depends on seed, purpose and number alone", function()
    assert.equal(random.hex(1, "a", 1, 40), random.hex(1, "a", 1, 40))
    local seen = {}
    for seed = 1, 5 do
      for n = 1, 200 do
        for _, purpose in ipairs({ "a", "b" }) do
          local hex = random.hex(seed, purpose, n, 24)
          assert.is_nil(seen[hex])
          seen[hex] = true
        end
      end
    end
  end)

  it("stays in its range and spreads over it", function()
    local sum = 0
    for n = 1, 1000 do
      local x = random.fraction(3, "x", n)
      assert.is_true(x >= 0 and x < 1)
      sum = sum + x
    end
    assert.near(500, sum, 50)
  end)

  it("makes ids that sort as they were made", function()
    local last = ""
    for n = 1, 70000, 997 do
      local id = random.uuid7(1, n)
      assert.matches("^%x+%-%x+%-7%x%x%x%-[89ab]%x%x%x%-%x+$", id)
      assert.equal(36, #id)
      assert.is_true(id > last)
      last = id
    end
  end)
end)

describe("fal.sim.matcher", function()
  local function hits(rule, count)
    local out = {}
    for i = 1, count do
      if matcher.choose({ rule }, function() return true end) then
        out[#out + 1] = i
      end
    end
    return out
  end

  it("finds the n-th, a span, every k-th, the first few", function()
    assert.same({ 3 }, hits({ nth = 3 }, 6))
    assert.same({ 2, 3, 4 }, hits({ from = 2, to = 4 }, 6))
    assert.same({ 2, 4, 6 }, hits({ every = 2 }, 6))
    assert.same({ 1, 2 }, hits({ times = 2 }, 6))
  end)

  it("refuses counts that are none", function()
    assert.is_false((matcher.check({ nth = 0 })))
    assert.is_false((matcher.check({ every = 1.5 })))
    assert.is_true((matcher.check({ from = 1, to = 2 })))
  end)
end)

describe("fal.sim.url", function()
  it("tells the app from the path of an endpoint id", function()
    for id, expected in pairs({
      ["fal-ai/sora-2/text-to-video/pro"] = "fal-ai/sora-2 text-to-video/pro",
      ["workflows/jane/poster/run"] = "workflows/jane/poster run",
      ["comfy/jane/upscale"] = "comfy/jane/upscale ",
      ["4242-demo-app"] = "4242-demo-app ",
    }) do
      assert.equal(expected, table.concat({ url.endpoint(id) }, " "))
    end
    assert.is_nil(url.endpoint("nonsense"))
  end)

  it("reads queries", function()
    local query = url.query("a=1&b=x%20y+z&a=2,3&flag")
    assert.same({ "x y z" }, query.b)
    assert.same({ "1", "2", "3" }, url.list(query, "a"))
    assert.same({ "" }, query.flag)
  end)
end)

describe("fal.sim.render", function()
  it("breaks a prompt into lines that fit and keeps control characters out", function()
    local text = render.wrap(("word "):rep(40) .. "a\27[0mb", 1280, 720)
    for line in text:gmatch("[^\n]+") do
      assert.is_true(#line <= 52)
      assert.is_nil(line:find("[%z\1-\9\11-\31]"))
    end
    assert.is_true(select(2, text:gsub("\n", "")) >= 3)
  end)
end)
