-- The plugin in examples/neovim, in a real Neovim against the simulator.

local nvim = require "support.nvim"
local script = require "support.script"
local sim = require "support.sim"

local SETUP = [[
vim.o.columns, vim.o.lines = 100, 30
vim.cmd("set rtp+=" .. vim.fn.fnameescape(os.getenv "EXAMPLE"))
vim.cmd "runtime plugin/sora.lua"
vim.g.sora_dir = os.getenv "CLIPS"
local function until_(check) return vim.wait(20000, check, 10) end
local function float()
  for _, win in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(win).relative ~= "" then
      return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(win), 0, -1, false), win
    end
  end
  return {}
end
local function clip(number) return require("sora").clips[number] or {} end
local function says(what)
  return vim.wait(5000, function()
    return vim.api.nvim_exec("messages", true):find(what, 1, true) ~= nil
  end, 10)
end
local function control(path, body)
  local url = os.getenv "FAL_BASE_URL" .. "/__sim" .. path
  return vim.fn.system(vim.list_extend({ "curl", "-s", url },
    body and { "-d", body } or {}))
end
local function asked(route)
  return control "/ledger":find(('"%s":[1-9]'):format(route)) ~= nil
end
local function advance() control("/advance", '{"seconds":3600}') end
]]

describe("the Neovim example", function()
  local server, dir

  setup(function()
    server = sim.start { queue_time = 0.3, run_time = 0.3, media = "bundled", seed = 1 }
  end)
  teardown(function() server:stop() end)
  before_each(function()
    server:reset()
    dir = script.directory()
  end)
  after_each(function() script.remove(dir) end)

  local function run(chunk)
    if not rawget(_G, "jit") then return pending "Neovim is LuaJIT: see that VM's run" end
    if not nvim.available() then return pending "no nvim" end
    local lines, output, code = nvim.run(SETUP .. chunk, { base_url = server.url,
      environment = { EXAMPLE = script.HERE .. "/examples/neovim", CLIPS = dir } })
    assert.equal(0, code, output)
    return lines
  end

  local function files(pattern)
    local names, pipe = {}, assert(io.popen("ls " .. sim.quote(dir), "r"))
    for name in pipe:lines() do
      if name:find(pattern) then names[#names + 1] = dir .. "/" .. name end
    end
    pipe:close()
    return names
  end

  it("makes a clip while one types, and shows how far it is", function()
    -- Each stage lasts until it was shown.
    server:script { queue_time = 3600, run_time = 3600, logs = { "painting the cat" } }
    local lines = run [[
      vim.cmd "Sora A cat | walks on a \"wall\""
      local stages = {}
      local typed = 0
      until_(function()
        vim.api.nvim_feedkeys("ax", "xt", false)
        typed = typed + 1
        local line = float()[1]
        if line and line:find "1 A cat | walks" then
          for _, stage in ipairs { "queue", "painting", "done" } do
            if line:find(stage) and not stages[stage] then
              stages[stage] = true
              if stage ~= "done" then advance() end
            end
          end
        end
        return stages.done
      end)
      tell(vim.inspect(stages):gsub("%s+", " "))
      tell(#vim.api.nvim_get_current_line() == typed)
      tell(vim.api.nvim_win_get_config(select(2, float())).focusable)
      tell(says "Sora 1: ")
      tell(vim.api.nvim_get_mode().blocking)
      done()
    ]]
    assert.same({ "{ done = true, painting = true, queue = true }", "true", "false",
      "true", "false" }, lines)
    local made = files "mp4$"
    assert.equal(1, #made)
    assert.is_true(script.is_mp4(made[1]))
    assert.equal('A cat | walks on a "wall"', server:ledger().jobs[1].input.prompt)
  end)

  it("remixes the last clip, or the one that is named", function()
    local lines = run [[
      vim.cmd "Sora A wall"
      until_(function() return clip(1).file end)
      vim.cmd "SoraRemix At dusk"
      until_(function() return clip(2).file end)
      vim.cmd "1SoraRemix In the rain"
      vim.cmd "SoraRemix At night"
      until_(function() return clip(3).file and clip(4).file end)
      vim.cmd "9SoraRemix Nothing"
      tell(says "clip 9 cannot be remixed: it is not done")
      for n = 1, 4 do tell(clip(n).output.video_id) end
      for n = 2, 4 do tell(clip(n).input.video_id) end
      done()
    ]]
    assert.equal("true", lines[1])
    assert.equal(lines[2], lines[6])
    assert.equal(lines[2], lines[7])
    assert.equal(lines[3], lines[8])
    assert.equal(4, #files "mp4$")
  end)

  it("says what is refused, in one line, and sends nothing", function()
    local lines = run [[
      vim.cmd "SoraRemix Nothing is there"
      tell(says "there is no clip to remix yet")
      require("sora").make ""
      tell(says "Sora: the input")
      tell(#require("sora").clips)
      done()
    ]]
    assert.same({ "true", "true", "0" }, lines)
    assert.equal(0, server:ledger().totals.accepted)
  end)

  it("keeps to its budget", function()
    local lines = run [[
      vim.g.sora_budget = 0.5
      vim.cmd "Sora One"
      vim.cmd "Sora Two"
      until_(function() return clip(1).file and clip(2).err end)
      tell(clip(2).err)
      tell(says "Sora 2: ")
      done()
    ]]
    assert.matches("budget", lines[1])
    assert.equal("true", lines[2])
    assert.equal(1, server:ledger().totals.accepted)
  end)

  it("shows prompts and logs of others without harm", function()
    server:script { logs = { "log \27[2J\27]0;owned\7\nline\r" .. ("w"):rep(500) } }
    local lines = run [[
      local seen = {}
      local show = require("sora.window").show
      require("sora.window").show = function(lines, marks)
        vim.list_extend(seen, lines)
        return show(lines, marks)
      end
      require("sora").make("evil \27[31m\nprompt\0 \226\128\174 " .. ("p"):rep(300))
      until_(function() return clip(1).ended end)
      vim.wait(500)
      local harm = false
      for _, line in ipairs(seen) do
        if line:find "%c" or line:find("\226\128\174", 1, true) then harm = line end
        if vim.fn.strdisplaywidth(line) > 72 then harm = line end
      end
      tell(#seen > 0)
      tell(harm)
      tell(#float() > 0)
      tell(vim.api.nvim_exec("messages", true):find "[%z\1-\9\11-\31]")
      tell(vim.api.nvim_get_mode().blocking)
      done()
    ]]
    assert.same({ "true", "false", "true", "nil", "false" }, lines)
  end)

  it("leaves no request id behind when the editor ends", function()
    server:settings { run_time = 1e6 }
    run [[
      vim.cmd "Sora A long one"
      until_(function() return clip(1).request_id end)
      done()
    ]]
    local log = assert(io.open(dir .. "/sora.log")):read "*a"
    assert.truthy(log:find(server:ledger().jobs[1].request_id, 1, true), log)
  end)

  it("notes what may have been accepted when the editor ends", function()
    server:fault { route = "submit", action = "delay", seconds = 60 }
    run [[
      vim.cmd "Sora A long one"
      until_(function() return asked "submit" end)
      done()
    ]]
    server:clear_faults()
    local log = assert(io.open(dir .. "/sora.log")):read "*a"
    assert.truthy(log:find("look for a request to fal-ai/sora-2", 1, true), log)
  end)
end)
