local script = require "support.script"
local shell = require "support.shell"

-- A run may take an hour, and replaces the figures of the one before.
describe("scripts/bench", function()
  local function refuses(command, text)
    local told, code = shell.run(command)
    assert.equal("scripts/bench: " .. text, told)
    assert.equal(2, code)
  end

  it("says which parts there are", function()
    local told, code = shell.run "scripts/bench validation nonsense"
    assert.matches("^scripts/bench: there is no part 'nonsense', only: [^\n]*$", told)
    assert.matches(" instructions .* validation ", told)
    assert.equal(2, code)
  end)

  it("refuses a setting that is no number", function()
    refuses("BENCH_JOBS=x scripts/bench validation",
      "BENCH_JOBS must be a whole number, 1 or more, not 'x'")
    refuses("BENCH_ROUNDS=0 scripts/bench validation",
      "BENCH_ROUNDS must be a whole number, 1 or more, not '0'")
    refuses("BENCH_POLLING= scripts/bench validation",
      "BENCH_POLLING must be a whole number, 1 or more, not ''")
    refuses("BENCH_WAITING='2000 many' scripts/bench validation",
      "BENCH_WAITING must be whole numbers, 1 or more, not '2000 many'")
    refuses("BENCH_WAITING= scripts/bench validation",
      "BENCH_WAITING must be whole numbers, 1 or more, not ''")
    refuses("BENCH_FRAME=fast scripts/bench validation",
      "BENCH_FRAME must be a number of seconds, not 'fast'")
  end)

  it("asks for a build", function()
    refuses("BUILD=out/none scripts/bench validation", "run make first")
  end)

  it("says that its server did not start", function()
    local dir = script.directory()
    finally(function() script.remove(dir) end)
    script.put(dir .. "/nginx", "#!/bin/sh\necho no room >&2\nexit 1\n")
    script.put(dir .. "/openssl", "#!/bin/sh\n")  -- nobody needs a certificate
    local told, code = shell.run("chmod +x " .. dir .. "/*; export PATH=" .. dir
      .. ":$PATH LUA_PATH='./bench/?.lua;;'; $(scripts/vm 5.4 bin) -e "
      .. "'require(\"lib.server\").start()'")
    assert.equal("bench: nginx, the server of all measurements, did not start "
      .. "(make deps installs it):\nno room", told)
    assert.equal(1, code)
  end)
end)
