-- busted output handler: the plain report, then one line with the counts, which also go
-- to the file named by FAL_COUNTS. The runner trusts that file only: a process that died
-- before writing it counts as failed.
return function(options)
  local busted = require "busted"
  local handler = require "busted.outputHandlers.plainTerminal"(options)
  -- Our own counts: the base handler forgets its numbers at each repetition.
  local passed, failed, skipped = 0, 0, 0

  busted.subscribe({ "test", "end" }, function(_, _, status)
    if status == "success" then
      passed = passed + 1
    elseif status == "pending" then
      skipped = skipped + 1
    end
    return nil, true
  end)

  -- Also what goes wrong outside a test: a file that does not load, a failing teardown.
  local function count_failure()
    failed = failed + 1
    return nil, true
  end
  busted.subscribe({ "error" }, count_failure)
  busted.subscribe({ "failure" }, count_failure)

  busted.subscribe({ "exit" }, function()
    io.write(("%d passed, %d failed, %d skipped\n"):format(passed, failed, skipped))
    io.flush()
    local path = os.getenv("FAL_COUNTS")
    if path then
      local file = assert(io.open(path, "w"))
      assert(file:write(("%d %d %d\n"):format(passed, failed, skipped)))
      assert(file:close())
    end
    return nil, true
  end, { priority = 100 })

  return handler
end
