-- The driver inside Debian's Neovim, over real sockets. An editor for each test.

local nvim = require "support.nvim"
local sim = require "support.sim"

local server

local function run(chunk, options)
  -- Neovim embeds LuaJIT, so one VM's run has it all.
  if not rawget(_G, "jit") then return pending "Neovim is LuaJIT: see that VM's run" end
  if not nvim.available() then return pending "no nvim" end
  options = options or {}
  options.base_url = options.base_url or server.url
  local lines, output, code = nvim.run(chunk, options)
  assert.equal(0, code, output)
  return lines, output
end

local JOB = [[
local function job(text)
  return client:subscribe("acme/demo/x", { input = { prompt = text or "a cat" } })
end
-- Neovim's own handles make uv.walk abort: the driver's are counted as they are made.
local made, new_poll = {}, vim.loop.new_poll
function vim.loop.new_poll(...)
  made[#made + 1] = assert(new_poll(...))
  return made[#made]
end
local function handles()
  local n = 0
  for _, handle in ipairs(made) do if not handle:is_closing() then n = n + 1 end end
  return n
end
local function control(path, body)
  local url = os.getenv "FAL_BASE_URL" .. "/__sim" .. path
  return vim.fn.system(vim.list_extend({ "curl", "-s", url },
    body and { "-d", body } or {}))
end
]]

describe("the Neovim driver", function()
  setup(function()
    server = sim.start { queue_time = 0.15, run_time = 0.15, media = "none", seed = 1 }
  end)
  teardown(function() server:stop() end)
  before_each(function() server:reset() end)

  it("waits in a coroutine while the editor's timers and sockets go on", function()
    local lines = run(JOB .. [[
      local ticks, timer, echoed = 0, vim.loop.new_timer(), 0
      timer:start(0, 10, function() ticks = ticks + 1 end)
      local listener, own = vim.loop.new_tcp(), vim.loop.new_tcp()
      listener:bind("127.0.0.1", 0)
      listener:listen(1, function()
        local peer = vim.loop.new_tcp()
        listener:accept(peer)
        peer:read_start(function(_, data) if data then peer:write(data) end end)
      end)
      own:connect("127.0.0.1", listener:getsockname().port, function()
        own:read_start(function(_, data)
          echoed = echoed + 1
          if data then own:write(data) end
        end)
        own:write("x")
      end)
      coroutine.wrap(function()
        local before, echoes, output = ticks, echoed, nil
        repeat  -- a loop that stands still meanwhile would never let it end
          output = assert(job())
        until ticks - before >= 10 and echoed - echoes >= 10
        tell(output.input.prompt)
        tell(vim.in_fast_event())
        vim.api.nvim_buf_set_lines(0, 0, -1, false, { "all of the API" })
        done()
      end)()
    ]])
    assert.same({ "a cat", "false" }, lines)
  end)

  it("has many coroutines wait side by side", function()
    server:script { run_time = 3600 }
    local lines = run(JOB .. [[
      local left, prompts = 50, {}
      for i = 1, 50 do
        coroutine.wrap(function()
          local output = assert(job(i .. ""))
          prompts[output.input.prompt] = true
          left = left - 1
          if left > 0 then return end
          tell(vim.tbl_count(prompts))
          done()
        end)()
      end
      -- None ends before all are there.
      vim.wait(30000, function()
        return control "/ledger":find '"accepted":50[^%d]' ~= nil
      end, 50)
      control("/advance", '{"seconds":3600}')
    ]])
    assert.same({ "50" }, lines)
  end)

  it("returns nil and the error to the coroutine", function()
    local lines = run([[
      coroutine.wrap(function()
        local output, err = client.queue:result("acme/demo/x", { request_id = "gone" })
        tell(output)
        tell(err.kind)
        done()
      end)()
    ]])
    assert.same({ "nil", "not_found" }, lines)
  end)

  it("shows what a coroutine, a task or a callback raised, and goes on", function()
    local lines, output = run(JOB .. [[
      local notify, shown = vim.notify, 0
      vim.notify = function(text, ...)
        tell(text:match "[^\n]*")
        tell(text:find "stack traceback" ~= nil)
        shown = shown + 1
        return notify(text, ...)
      end
      coroutine.wrap(function() client:sleep(0.01); error("of a coroutine") end)()
      client:spawn(function() client:sleep(0.02); error("of a task") end)
      coroutine.wrap(function()
        client:sleep(0.03)
        client:subscribe("acme/demo/x", { input = { prompt = "x" },
          on_queue_update = function() error("of a callback") end })
      end)()
      coroutine.wrap(function()
        while shown < 2 do client:sleep(0.05) end
        tell(job().input.prompt)
        -- A task may yet be awaited for some seconds.
        while shown < 3 do client:sleep(0.05) end
        done()
      end)()
    ]])
    local text = table.concat(lines, "\n")
    for _, who in ipairs { "coroutine", "task", "callback" } do
      assert.matches("a task raised an error: [^\n]*of a " .. who .. "[^\n]*\ntrue", text)
      assert.matches("of a " .. who, output)
    end
    assert.truthy(text:find("a cat", 1, true))
  end)

  it("refuses to stop the editor, and sends nothing", function()
    local lines = run(JOB .. [[
      client:spawn(client.sleep, client, 60)
      for _, call in ipairs { job, function() client:sleep(1) end,
        function() client:loop() end } do
        local ok, err = pcall(call)
        tell(ok)
        tell(tostring(err))
      end
      done()
    ]])
    assert.equal(6, #lines)
    for i = 1, 6, 2 do
      assert.equal("false", lines[i])
      assert.matches("^in Neovim only coroutines can wait.*client:spawn", lines[i + 1])
    end
    assert.equal(0, server:ledger().totals.accepted)
  end)

  it("goes on during vim.wait", function()
    local lines = run(JOB .. [[
      local task = client:spawn(job)
      tell(vim.wait(10000, function() return task:is_done() end, 10))
      tell(task:await().input.prompt)
      done()
    ]])
    assert.same({ "true", "a cat" }, lines)
  end)

  it("can be closed within a callback; who waits is told", function()
    local lines = run(JOB .. [[
      coroutine.wrap(function()
        local _, err = client:sleep(60)
        tell(err.kind)
      end)()
      coroutine.wrap(function()
        local output, err = client:subscribe("acme/demo/x", { input = { prompt = "x" },
          on_queue_update = function() client:close() end })
        tell(output)
        tell(err.kind)
        tell(#made > 0 and handles())
        vim.schedule(done)
      end)()
    ]])
    table.sort(lines)
    assert.same({ "0", "closed", "closed", "nil" }, lines)
  end)

  it("keeps a client that nobody holds until its work is done, and no longer", function()
    local lines = run(JOB .. [[
      local gone = setmetatable({ client }, { __mode = "v" })
      local prompt
      local function start(mine)
        coroutine.wrap(function()
          local output = mine:subscribe("acme/demo/x", { input = { prompt = "kept" } })
          prompt = output.input.prompt
        end)()
      end
      start(client)
      client = nil
      collectgarbage() collectgarbage()
      vim.wait(10000, function() return prompt ~= nil end, 10)
      tell(prompt)
      vim.wait(10000, function() return handles() == 0 end, 10)
      tell(#made > 0 and handles())
      -- libuv lets a handle's callback go a round after it was closed; a trace may keep
      -- what it was recorded with.
      jit.flush()
      vim.wait(10000, function() collectgarbage(); return gone[1] == nil end, 10)
      tell(gone[1])
      done()
    ]])
    assert.same({ "kept", "0", "nil" }, lines)
  end)

  it("lets the editor end at once while jobs are under way", function()
    local lines, output = run(JOB .. [[
      for _ = 1, 5 do client:spawn(job) end
      client:spawn(function() client:sleep(0.1); tell "leaving"; done() end)
    ]], { base_url = server.url })
    assert.same({ "leaving" }, lines)
    assert.equal("", output)
  end)

  it("sleeps when there is nothing to do", function()
    server:settings { run_time = 1e6 }
    local lines = run([[
      local steps, step = 0, client.step
      function client.step(...) steps = steps + 1; return step(...) end
      local slow = { poll = { initial = 60, max = 60 }, quiet = true }
      client:close()
      client = require("fal.drivers.neovim")(require("fal").client(slow))
      steps = 0
      client.step = function(...) steps = steps + 1; return step(...) end
      local accepted = 0
      for _ = 1, 20 do
        coroutine.wrap(function()
          client:subscribe("acme/demo/x", { input = { prompt = "x" },
            on_enqueue = function() accepted = accepted + 1 end })
        end)()
      end
      vim.wait(30000, function()
        return accepted == 20 and (client:timeout() or 0) > 30
      end, 10)
      local before = steps
      vim.wait(1000, function() return false end, 10)
      tell(before > 0)
      tell(steps - before)
      done()
    ]])
    assert.equal("true", lines[1])
    assert.is_true(tonumber(lines[2]) <= 2, lines[2])
  end)

  it("leaves the keys time between two turns of a large download", function()
    local lines = run [[
      local ended, shortest, crowded, step = nil, math.huge, 0, client.step
      function client.step(...)
        local began = vim.loop.hrtime()
        if ended then
          crowded = crowded + 1
          shortest = math.min(shortest, began - ended)
        end
        local live = step(...)
        local now = vim.loop.hrtime()
        ended = now - began > 0.6e6 and now or nil
        return live
      end
      local path = vim.fn.tempname()
      client:spawn(function()
        local base = os.getenv "FAL_BASE_URL"
        tell(client:download(base .. "/cdn/__blob/50000000", path) == path)
        os.remove(path)
        tell(crowded > 0)
        tell(shortest >= 3e6 or shortest)
        done()
      end)
    ]]
    assert.same({ "true", "true", "true" }, lines)
  end)

  it("serves several clients, the default one among them", function()
    local lines = run(JOB .. [[
      local fal = require "fal"
      assert(require("fal.drivers.neovim")(fal) == fal.default())
      coroutine.wrap(function()
        local task = client:spawn(job)
        local output = fal.subscribe("acme/demo/x", { input = { prompt = "default" } })
        tell(output.input.prompt)
        tell(task:await().input.prompt)
        done()
      end)()
    ]])
    assert.same({ "default", "a cat" }, lines)
  end)

  it("is attached once, and to nothing but a client", function()
    local lines = run([[
      local attach = require "fal.drivers.neovim"
      tell(attach(client) == client)
      tell(select(2, pcall(attach, {})))
      local other = require("fal").client()
      other.driver = { name = "fal.drivers.other" }
      tell(select(2, pcall(attach, other)))
      done()
    ]])
    assert.equal("true", lines[1])
    assert.matches("fal.drivers.neovim: a client is wanted", lines[2])
    assert.matches("the client has a driver, fal.drivers.other", lines[3])
  end)

  it("says so outside of Neovim", function()
    assert.error_matches(function() require "fal.drivers.neovim" ({}) end,
      "this is not Neovim")
  end)
end)
