-- What every driver promises, over an adapter that speaks its host's language:
--   new()            a fresh host
--   host.attach(client)
--   host.go(fn)      starts fn in a coroutine of the host
--   host.run()       runs the host until nothing is left; returns nil and what a
--                    coroutine raised
--   host.sleep(s)    in a coroutine
--   host.echo(text)  in a coroutine: sends text over a socket of the host and returns
--                    what comes back

local assert = require "luassert"
local client = require "fal.client"
local sim = require "support.sim"

local APP = "acme/demo/x"

---@param busted table    the spec's globals
---@param new fun(): table
return function(busted, new)
  local describe, it = busted.describe, busted.it
  local setup, teardown = busted.setup, busted.teardown
  local before_each, after_each = busted.before_each, busted.after_each
  local service, host, clients

  local function make(more)
    local opts = { credentials = "id:secret", base_url = service.url, quiet = true,
      poll = { initial = 0.01, factor = 1.3, max = 0.05 } }
    for k, v in pairs(more or {}) do opts[k] = v end
    local c = assert(client.new(opts))
    clients[#clients + 1] = c
    host.attach(c)
    return c
  end

  local function job(c, prompt)
    return c:subscribe(APP, { input = { prompt = prompt or "x" } })
  end

  describe("as a driver", function()
    setup(function()
      service = sim.start { queue_time = 0.05, run_time = 0.05, ahead = 1,
        media = "none" }
    end)
    teardown(function() service:stop() end)
    before_each(function()
      service:reset()
      clients, host = {}, new()
    end)
    after_each(function()
      for _, c in ipairs(clients) do c:close() end
    end)

    it("lets the host's timers and sockets go on while a job is waited for", function()
      -- It ends when the others have gone on.
      service:script { match = { times = 1 }, run_time = 3600 }
      local c = make()
      local output, ticks, echoed = nil, 0, nil
      host.go(function() output = job(c, "a cat") end)
      host.go(function()
        while ticks < 5 or not echoed do
          host.sleep(0.005)
          ticks = ticks + 1
        end
        assert.is_nil(output)
        service:advance(3601)
      end)
      host.go(function() echoed = host.echo "hello" end)
      assert.is_true(host.run())
      assert.equal("a cat", output.input and output.input.prompt or output.prompt)
      assert.equal("hello", echoed)
    end)

    it("runs fifty coroutines beside each other", function()
      local c = make()
      local done, most, now = {}, 0, 0
      for i = 1, 50 do
        host.go(function()
          now = now + 1
          most = math.max(most, now)
          done[i] = job(c, "p" .. i) ~= nil
          now = now - 1
        end)
      end
      assert.is_true(host.run())
      for i = 1, 50 do assert.is_true(done[i]) end
      assert.equal(50, most)
      assert.equal(50, service:ledger().totals.accepted)
    end)

    it("runs tasks, awaited by the host's coroutines", function()
      local c = make()
      local got
      host.go(function()
        local t = c:spawn(function()
          c:sleep(0.01)
          return job(c) and "made"
        end)
        got = t:await()
      end)
      assert.is_true(host.run())
      assert.equal("made", got)
    end)

    it("lets tasks of one client wait for another one", function()
      local told = {}
      local function logger(_, event)
        if event == "task" then told[#told + 1] = event end
      end
      local a, b = make { logger = logger }, make { logger = logger }
      local ticks, got, turns = 0, nil, 0
      local turn = a.sched.turn
      function a.sched.turn(...)
        turns = turns + 1
        return turn(...)
      end
      host.go(function()
        got = a:spawn(function()
          for _ = 1, 10 do b:sleep(0.01) end
          return job(b) and a:sleep(0.01) and "made"
        end):await()
      end)
      host.go(function()
        while not got do
          host.sleep(0.005)
          ticks = ticks + 1
        end
      end)
      assert.is_true(host.run())
      assert.equal("made", got)
      assert.is_true(ticks > 5, ticks)
      assert.is_true(turns < 300, turns)
      assert.same({}, told)
    end)

    it("learns that nothing is left where a task of another client saw to it", function()
      local a, b = make(), make()
      local step, until_, slept = a.step, nil, nil
      function a:step(budget)  -- a slow moment: meanwhile b's timer comes due as well
        while until_ and a.now() < until_ do end
        return step(self, budget)
      end
      host.go(function()
        a:spawn(function() a:sleep(0.02) end)
        a:spawn(function()
          until_ = a.now() + 0.1
          slept = b:sleep(0.05)
        end):await()
      end)
      assert.is_true(host.run())
      assert.is_true(slept)
    end)

    it("hands expected errors to whoever called", function()
      local c = make()
      service:fault { route = "submit", action = "answer", status = 401, times = 1,
        body = { detail = "no" } }
      local output, err
      host.go(function() output, err = job(c) end)
      assert.is_true(host.run())
      assert.is_nil(output)
      assert.equal("auth", err.kind)
    end)

    it("lets the others go on when one raises", function()
      local c = make()
      local other
      host.go(function()
        c:subscribe(APP, { input = { prompt = "x" },
          on_queue_update = function() error("mine", 0) end })
      end)
      host.go(function() other = job(c) end)
      host.run()
      host.run()
      assert.is_table(other)
    end)

    it("wakes who waits when the client is closed, also from one of them", function()
      local c = make()
      local kinds = {}
      for i = 1, 3 do
        host.go(function()
          local _, err = c:sleep(60)
          kinds[i] = err.kind
        end)
      end
      host.go(function()
        c:sleep(0.02)
        c:close()
      end)
      assert.is_true(host.run())
      assert.same({ "closed", "closed", "closed" }, kinds)
    end)

    it("goes on after a step that raised", function()
      local c = make()
      local step, raised = c.step, false
      function c:step(budget)
        if raised then return step(self, budget) end
        raised = true
        error("no memory", 0)
      end
      local output
      host.go(function() output = job(c) end)
      host.run()
      host.run()
      assert.is_table(output)
    end)

    it("serves several clients, one after the other too", function()
      local got = {}
      for round = 1, 3 do
        local a, b = make(), make()
        host.go(function() got["a" .. round] = job(a) end)
        host.go(function() got["b" .. round] = job(b) end)
        assert.is_true(host.run())
        a:close()
        b:close()
      end
      for round = 1, 3 do
        assert.is_table(got["a" .. round])
        assert.is_table(got["b" .. round])
      end
    end)

    it("steps only when there is something to do", function()
      local c = make()
      local steps, step = 0, c.step
      function c:step(budget)
        steps = steps + 1
        return step(self, budget)
      end
      host.go(function() c:sleep(0.3) end)
      assert.is_true(host.run())
      assert.is_true(steps >= 1 and steps <= 4, steps .. " steps")
    end)

    it("lets an idle client be collected", function()
      local c = make()
      host.go(function() job(c) end)
      assert.is_true(host.run())
      local left = setmetatable({ c }, { __mode = "v" })
      clients, c = {}, nil
      local jit = rawget(_G, "jit")
      if jit then jit.flush() end  -- a trace may keep what it was recorded with
      for _ = 1, 4 do collectgarbage() end
      assert.is_nil(left[1])
    end)

    it("keeps a job going whose coroutine nobody else holds", function()
      local finished
      do
        local c = make()
        clients = {}
        host.go(function() finished = job(c) end)
      end
      collectgarbage()
      collectgarbage()
      assert.is_true(host.run())
      assert.is_table(finished)
    end)
  end)
end
