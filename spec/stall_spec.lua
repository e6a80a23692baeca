local cqueues = require "cqueues"
local uv = require "luv"

local client = require "fal.client"

describe("a call that drives its own loop", function()
  local c, told

  before_each(function()
    told = {}
    c = assert(client.new { credentials = "id:secret", quiet = true,
      base_url = "http://127.0.0.1:1", logger = function(_, event, fields)
        if event == "notice" then told[#told + 1] = fields.text end
      end })
  end)
  after_each(function() c:close() end)

  local function wait() assert(c:sleep(0.001)) end

  local function says(...)
    assert.equal(1, #told)
    for _, piece in ipairs { ... } do
      assert.is_truthy(told[1]:find(piece, 1, true), told[1])
    end
  end

  local function with(place, name, value, fn)
    local before = rawget(place, name)
    rawset(place, name, value)
    local ok, err = pcall(fn)
    rawset(place, name, before)
    assert(ok, err)
  end

  local function in_luv()
    local timer = uv.new_timer()
    timer:start(0, 0, function()
      timer:close()
      coroutine.wrap(function()
        wait()
        wait()
      end)()
    end)
    uv.run()
  end

  it("says once that luv's loop stands still, and what to do", function()
    in_luv()
    says("luv's loop stands still", 'require "fal.drivers.luv" (client)')
  end)

  it("says it of a cqueues controller", function()
    local controller = cqueues.new()
    controller:wrap(wait)
    assert(controller:loop())
    says('require "fal.drivers.cqueues" (client)')
  end)

  it("says it in a thread of copas", function()
    with(package.loaded, "copas", {}, function()
      wait()
      assert.same({}, told)
      coroutine.wrap(wait)()
    end)
    says('require "fal.drivers.copas" (client)')
  end)

  it("says it in an editor that somebody looks at", function()
    local uis = {}
    with(_G, "vim", { api = { nvim_list_uis = function() return uis end } }, function()
      wait()
      assert.same({}, told)
      uis[1] = {}
      wait()
    end)
    says('require "fal.drivers.neovim" (client)', "client:spawn(function() … end)")
  end)

  it("says it in a game with a window", function()
    local is_open = false
    with(_G, "love", { window = { isOpen = function() return is_open end } }, function()
      wait()
      assert.same({}, told)
      is_open = true
      c:spawn(wait)
      assert.is_true(c:step() > 0)
      assert.same({}, told)
      wait()
    end)
    says("the game stands still", "client:step(0.001) in love.update")
  end)

  it("says nothing in a program without a loop, nor where a driver waits", function()
    wait()
    require "fal.drivers.luv" (c)
    in_luv()
    assert.same({}, told)
  end)
end)
