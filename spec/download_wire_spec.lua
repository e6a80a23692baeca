local client = require "fal.client"
local core = require "fal.core"
local script = require "support.script"
local sim = require "support.sim"

local SIZE = 3000000

describe("a download over the wire", function()
  local server, c, dir, url, path

  local function make(opts)
    opts = opts or {}
    opts.base_url, opts.quiet = server.url, true
    opts.retry = opts.retry or { base_delay = 0.01, max_attempts = 3 }
    return assert(client.new(opts))
  end

  before_each(function()
    server = sim.start { media = "none", keep = 200 }
    dir = script.directory()
    url, path = server.url .. "/cdn/__blob/" .. SIZE, dir .. "/clip.mp4"
    c = make()
  end)

  after_each(function()
    c:close()
    server:stop()
    script.remove(dir)
  end)

  local put, read = script.put, script.contents

  -- The simulator's blobs: a count modulo 251.
  local function expected(size)
    local period = {}
    for i = 0, 250 do period[i + 1] = string.char(i) end
    return table.concat(period):rep(math.ceil(size / 251)):sub(1, size)
  end

  local function is_whole() return read(path) == expected(SIZE) end

  --- What stands beside a part: its version, and when the machine was started.
  local function note(version, boot)
    local this = (read("/proc/sys/kernel/random/boot_id") or ""):gsub("%s+$", "")
    return version .. "\n" .. (boot or this)
  end

  local function ls()
    local pipe = assert(io.popen("ls -A " .. dir, "r"))
    local names = pipe:read("*a"):gsub("\n", " ")
    pipe:close()
    return names
  end

  local function ranges()
    local list = {}
    for _, request in ipairs(server:requests()) do
      for _, pair in ipairs(request.headers) do
        if pair[1]:lower() == "range" then list[#list + 1] = pair[2] end
      end
    end
    return list
  end

  it("comes together from many pieces and leaves nothing else behind", function()
    local faults = {}
    for i = 1, 12 do
      faults[i] = { route = "media", nth = i, action = "cut", at = 100000 * (i % 3 + 1),
        reset = i % 2 == 0 }
    end
    server:fault(faults)
    assert(c:download(url, path, { expect = { size = SIZE } }))
    assert.is_true(is_whole())
    assert.equal(12, #ranges())
    assert.equal("clip.mp4 ", ls())
  end)

  it("is given up when its listener raises, and can be taken up at once", function()
    server:fault { route = "media", nth = 1, action = "drip", bytes = 10000,
      seconds = 0.01 }
    local function raise() error("mine") end
    local ok, err = pcall(c.download, c, url, path, { on_progress = raise })
    assert.is_false(ok)
    assert.matches("mine", err)
    assert(c:download(url, path))
    assert.is_true(is_whole())
    assert.equal(0, c:step())
  end)

  it("is taken up by another process where the first was killed", function()
    put(dir .. "/fetch.lua", ([[
      local c = require("fal").client { base_url = %q, quiet = true }
      c:download(%q, %q, { on_progress = function(done)
        if done > 500000 then os.execute("kill -9 $PPID") end
      end })
    ]]):format(server.url, url, path))
    server:fault { route = "media", nth = 1, action = "drip", bytes = 100000,
      seconds = 0.05 }
    local _, code = script.run(dir .. "/fetch.lua", { dir = dir, base_url = server.url })
    assert.equal(137, code)
    os.remove(dir .. "/fetch.lua")
    assert.equal("clip.mp4.part clip.mp4.part.etag ", ls())
    local had = #read(path .. ".part")
    assert.is_true(had >= 500000)
    assert(c:download(url, path))
    assert.is_true(is_whole())
    assert.same({ ("bytes=%d-"):format(had - 1) }, ranges())
    assert.equal("clip.mp4 ", ls())
  end)

  it("is not asked for again where only its name is missing", function()
    put(path .. ".part", expected(SIZE))
    put(path .. ".part.etag", note(('"blob-%d"'):format(SIZE)))
    assert(c:download(url, path))
    assert.is_true(is_whole())
    assert.same({ ("bytes=%d-"):format(SIZE - 1) }, ranges())
  end)

  for what, guard in pairs { ["of another version"] = '"other"',
    ["of no known version"] = "" } do
    it("begins anew where the part is " .. what, function()
      put(path .. ".part", ("old"):rep(100000))
      put(path .. ".part.etag", note(guard))
      assert(c:download(url, path))
      assert.is_true(is_whole())
    end)
  end

  it("begins anew where the machine was started since: not all may be on the disk",
    function()
      put(path .. ".part", ("\0"):rep(1000000))
      put(path .. ".part.etag", note(('"blob-%d"'):format(SIZE), "an earlier start"))
      assert(c:download(url, path))
      assert.is_true(is_whole())
      assert.same({}, ranges())
    end)

  it("never joins two versions, though the server does not look at If-Range", function()
    put(path .. ".part", ("old"):rep(1000))
    put(path .. ".part.etag", note '"old"')
    server:fault { route = "media", nth = 1, action = "answer", status = 206,
      headers = { ETag = '"new"', ["Content-Range"] = ("bytes 2999-%d/%d")
        :format(SIZE - 1, SIZE) }, body = "new bytes" }
    assert(c:download(url, path))
    assert.is_true(is_whole())
  end)

  it("does not continue a part that is longer than the file", function()
    put(path .. ".part", ("x"):rep(SIZE + 10))
    put(path .. ".part.etag", note(('"blob-%d"'):format(SIZE)))
    assert(c:download(url, path))
    assert.is_true(is_whole())
  end)

  it("asks for the rest where the server sends less than it was asked for", function()
    local had, last = 2542, 2601 -- what lies between is plain text
    put(path .. ".part", expected(had + 1))
    put(path .. ".part.etag", note(('"blob-%d"'):format(SIZE)))
    server:fault { route = "media", nth = 1, action = "answer", status = 206,
      headers = { ETag = ('"blob-%d"'):format(SIZE),
        ["Content-Range"] = ("bytes %d-%d/%d"):format(had, last, SIZE) },
      body = expected(SIZE):sub(had + 1, last + 1) }
    assert(c:download(url, path))
    assert.is_true(is_whole())
    assert.same({ ("bytes=%d-"):format(had), ("bytes=%d-"):format(last) }, ranges())
  end)

  it("says that the folder is not there, and that it vanished", function()
    local got, err = c:download(url, dir .. "/none/clip.mp4")
    assert.same({ nil, "file" }, { got, err.kind })
    assert.matches("/none/clip.mp4: the folder does not exist. Make the folder",
      tostring(err), 1, true)
    core.make_folder(dir .. "/soon")
    server:fault { route = "media", nth = 1, action = "drip", bytes = 500000,
      seconds = 0.05 }
    got, err = c:download(url, dir .. "/soon/clip.mp4", { on_progress = function(done)
      if done > 0 then script.remove(dir .. "/soon") end
    end })
    assert.same({ nil, "file" }, { got, err.kind })
    assert.equal("", ls())
  end)

  it("says that a folder is in the way, or another download", function()
    core.make_folder(path)
    local _, err = c:download(url, path)
    assert.equal("file", err.kind)
    assert.matches("there is a folder of that name", tostring(err))
    local outcomes = {}
    for i = 1, 2 do
      c:spawn(function() outcomes[i] = { c:download(url, dir .. "/b.mp4") } end)
    end
    c:loop()
    local failed = outcomes[1][1] and outcomes[2][2] or outcomes[1][2]
    assert.matches("another download is writing it", tostring(failed))
    assert.equal("b.mp4 clip.mp4 ", ls())
  end)

  it("does not wait for the other end of a pipe that is in the part's place", function()
    os.execute("mkfifo " .. path .. ".part && ln -s /none " .. dir .. "/b.mp4.part")
    for _, name in ipairs { path, dir .. "/b.mp4" } do
      local got, err = c:download(url, name)
      assert.same({ nil, "file" }, { got, err.kind })
      assert.matches("with .part behind it is that of a link or a pipe", tostring(err), 1,
        true)
    end
    assert.equal("b.mp4.part clip.mp4.part ", ls())
  end)

  it("says that the disk is full, and goes on once there is room", function()
    local small = dir .. "/small"
    core.make_folder(small)
    local mounted = os.execute("mount -t tmpfs -o size=1m none " .. small
      .. " 2>/dev/null")
    if mounted ~= true and mounted ~= 0 then return pending("only root may mount") end
    finally(function() os.execute("umount " .. small) end)
    local got, err = c:download(url, small .. "/a")
    assert.same({ nil, "file" }, { got, err.kind })
    assert.matches("small/a: the disk is full. Free some space", tostring(err), 1, true)
    assert.is_nil(read(small .. "/a"))
    local had = #read(small .. "/a.part")
    assert.is_true(had > 900000)
    os.execute("mount -o remount,size=8m " .. small)
    assert(c:download(url, small .. "/a"))
    assert.is_true(read(small .. "/a") == expected(SIZE))
    assert.same({ ("bytes=%d-"):format(had - 1) }, ranges())
  end)

  for status, kind in pairs { [403] = "forbidden", [404] = "not_found",
    [410] = "not_found" } do
    it("keeps what it has when the address has expired with " .. status, function()
      server:fault { { route = "media", nth = 1, action = "cut", at = 200000 },
        { route = "media", nth = 2, action = "answer", status = status, body = "gone" } }
      local got, err = c:download(url, path)
      assert.same({ nil, kind, status }, { got, err.kind, err.status })
      assert.matches("Fetch the result again for a fresh address", tostring(err))
      assert.matches(path .. " was not written", tostring(err), 1, true)
      assert.equal("clip.mp4.part clip.mp4.part.etag ", ls())
      assert(c:download(url, path))
      assert.is_true(is_whole())
      assert.equal(2, #ranges())
    end)
  end

  it("refuses a file of another size than the result told", function()
    local got, err = c:download(url, path, { expect = { size = SIZE + 1 } })
    assert.same({ nil, "protocol" }, { got, err.kind })
    assert.matches("announces another size than expected", tostring(err))
    assert.equal("", ls())
  end)

  it("goes on beside many others, under a cap that leaves room for jobs", function()
    local few = make { max_connections = 4 }
    local open, most = {}, 0
    server:fault { route = "media", action = "drip", bytes = 20000, seconds = 0.02 }
    for i = 1, 8 do
      few:spawn(function()
        assert(few:download(server.url .. "/cdn/__blob/200000", dir .. "/" .. i, {
          on_progress = function(done, total)
            open[i] = done > 0 and done < total or nil
            local count = 0
            for _ in pairs(open) do count = count + 1 end
            most = math.max(most, count)
          end }))
      end)
    end
    few:loop()
    for i = 1, 8 do assert.is_true(read(dir .. "/" .. i) == expected(200000)) end
    assert.is_true(most >= 2 and most <= 3, "at once: " .. most)
    few:close()
  end)

  it("keeps the budget of a step however fast it comes", function()
    local size = 200000000
    local task = c:spawn(function()
      return c:download(server.url .. ("/cdn/__blob/%d"):format(size), path)
    end)
    local steps = 0
    while not task:is_done() do
      local before = c.engine:progress(1) or 0
      c:step(0.001)
      local after = c.engine:progress(1) or before
      -- 16 MiB in a millisecond is more than any machine copies through a socket.
      assert.is_true(after - before < 16 * 1024 * 1024, tostring(after - before))
      steps = steps + 1
    end
    assert.equal(path, task:await())
    assert.is_true(steps > 10)
  end)

  it("does one small thing in a step that has no time, and serves all in turn", function()
    local ids, last = {}, {}
    for i = 1, 4 do
      c:spawn(function()
        c:download(server.url .. "/cdn/__blob/50000000", dir .. "/" .. i)
      end)
      ids[i], last[i] = i, 0
    end
    local function moved()
      local most, sum = 0, 0
      for i = 1, 4 do
        local done = c.engine:progress(ids[i]) or last[i]
        most, sum = math.max(most, done - last[i]), sum + done - last[i]
        last[i] = done
      end
      return sum, most
    end
    while math.min(last[1], last[2], last[3], last[4]) == 0 do
      c:step(0)
      moved()
    end
    local before, steps = { last[1], last[2], last[3], last[4] }, 0
    local function is_still(i) return last[i] == before[i] end
    local deadline = c.now() + 20  -- for a server that has no turn meanwhile
    repeat
      c:step(0)
      steps = steps + 1
      -- A piece of 64 KiB by each of: a socket, a timer of libcurl's, a pause that ends.
      assert.is_true(moved() <= 3 * 64 * 1024)
    until steps >= 200 and not (is_still(1) or is_still(2) or is_still(3) or is_still(4))
      or c.now() > deadline
    for i = 1, 4 do assert.is_false(is_still(i), i .. " did not move") end
  end)

  it("ends what is being put on the disk when the client is closed", function()
    local last
    c:spawn(function()
      c:download(url, path, { on_progress = function(done) last = done end })
    end)
    while last ~= SIZE and not read(path) do c:step(0.001) end
    c:close()
    assert.is_true(is_whole())
  end)
end)
