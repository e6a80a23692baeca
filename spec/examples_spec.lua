local sim = require "support.sim"
local script = require "support.script"

-- What each example prints and writes. One that is not listed fails below.
local EXPECTED = {
  batch = { arguments = "prompts.csv --yes", needs = { ["prompts.csv"] =
    'name,prompt,duration\nlynx,"A lynx, at dusk",4\n"a ""b""",A wolf\n' },
    prints = "2 clips, %$0%.80 in all, %$0%.80 to pay now.*2 made",
    writes = { "out/prompts/lynx.mp4" } },
  characters = { arguments = "https://example.com/cat.mp4",
    prints = "written: characters.mp4",
    writes = { "characters.mp4" } },
  in_copas = { prints = "written: copas_%d.mp4", module = "copas",
    writes = { "copas_1.mp4", "copas_2.mp4" } },
  in_cqueues = { prints = "A kite above a beach: http" },
  demo = { prints = "Any player or browser",
    writes = { "out/demo/base.mp4", "out/demo/dusk.mp4", "out/demo/rain.mp4" } },
  download = { prints = "bytes\tvideo/mp4", writes = { "download.mp4" } },
  errors = { prints = "validation.*duration\t.*not_remixable" },
  host_loop = { prints = "frames were drawn", writes = { "host_loop.mp4" } },
  image_to_video = { arguments = "https://example.com/cat.png",
    prints = "written: image_to_video.mp4", writes = { "image_to_video.mp4" } },
  in_luv = { prints = "the timer ticked [1-9]%d* times",
    writes = { "luv_kite.mp4", "luv_lantern.mp4" } },
  many_jobs = { prints = "a lynx\tmany_jobs_6.mp4", writes = { "many_jobs_1.mp4",
    "many_jobs_2.mp4", "many_jobs_3.mp4", "many_jobs_4.mp4", "many_jobs_5.mp4" } },
  pro = { prints = "this costs %$2%.00", writes = { "pro.mp4" } },
  queue = { prints = "request id: %x+%-", writes = { "queue.mp4" } },
  resume = { prints = "a lynx\tresume_6.mp4.*spent: %$2%.40",
    writes = { "resume_1.mp4", "resume_6.mp4" } },
  remix_tree = { prints = "9 nodes for %$6%.50.*9 made, 0 there before, 0 failed",
    writes = { "out/remix-tree/base.mp4", "out/remix-tree/storm.mp4",
      "out/remix-tree/dawn.mp4" } },
  remix_chain = { prints = "written: ", writes = { "remix_chain_base.mp4",
    "remix_chain_storm.mp4", "remix_chain_night.mp4" } },
  streaming = { prints = "Loading the model.*Encoding the video",
    writes = { "streaming.mp4" } },
  upload = { arguments = "upload.png", needs = { ["upload.png"] = "\137PNG\r\n\26\nx" },
    prints = "9 of 9 bytes.*uploaded: http://", writes = { "upload_1.mp4",
    "upload_2.mp4" } },
  text_to_video = { prints = "written: text_to_video.mp4",
    writes = { "text_to_video.mp4" } },
}

--- Whether this VM finds a module of Lua; loading copas would change LuaSocket here.
local function found(name)
  for template in (package.path .. ";" .. package.cpath):gmatch "[^;]+" do
    local file = io.open((template:gsub("%?", name)))
    if file then return file:close() end
  end
  return false
end

local function examples()
  local names = {}
  local pipe = assert(io.popen("ls examples/*.lua", "r"))
  for line in pipe:lines() do names[#names + 1] = line:match("([^/]+)%.lua$") end
  pipe:close()
  return names
end

describe("the example", function()
  local server, dir

  setup(function()
    server = sim.start { media = "bundled", queue_time = 0.1, run_time = 0.1, seed = 1 }
    dir = script.directory()
  end)

  teardown(function()
    server:stop()
    script.remove(dir)
  end)

  for _, name in ipairs(examples()) do
    it(name .. " does what it says", function()
      local expected = assert(EXPECTED[name], "nothing is expected of it yet")
      if expected.module and not found(expected.module) then
        return pending(expected.module .. " is not packaged for this Lua")
      end
      for file, bytes in pairs(expected.needs or {}) do
        script.put(dir .. "/" .. file, bytes)
      end
      local output, code = script.run("examples/" .. name .. ".lua",
        { dir = dir, base_url = server.url, arguments = expected.arguments })
      assert.equal(0, code, output)
      assert.truthy(output:find(expected.prints), output)
      for _, file in ipairs(expected.writes or {}) do
        assert.is_true(script.is_mp4(dir .. "/" .. file), file .. "\n" .. output)
      end
    end)
  end

  -- Lua looks for a module beside the program first, where that is started in examples/.
  it("has no module's name, which it would load in that module's place", function()
    for _, name in ipairs(examples()) do
      assert.is_false(found(name), "examples/" .. name .. ".lua")
    end
  end)

  local UNFIT = {
    ["empty.csv"] = { "", "holds no prompts" },
    ["head.csv"] = { "name,prompt\n", "holds no prompts" },
    ["twice.csv"] = { "name,prompt\na,A cat\nb,A dog\na,A cow\n",
      "rows 1 and 3 have the same name: a" },
    ["open.csv"] = { 'name,prompt\na,"A cat\n', "a quoted cell does not end" },
    ["comma.csv"] = { "name,prompt\na,A cat, at dusk\n",
      'no field is named for the cell " at dusk"' },
    ["quote.csv"] = { 'prompt\n"A "red" cat"\n', "a quote within a quoted cell" },
    ["list.jsonl"] = { '{"prompt":"A cat"}\n{"prompt"\n', "line 2 is no JSON object" },
    ["long.jsonl"] = { '{"prompt":"A cat","name":"' .. ("x"):rep(300) .. '"}\n',
      "row 1 has a name that is too long" },
  }
  for file, case in pairs(UNFIT) do
    it("batch says what is wrong with " .. file, function()
      script.put(dir .. "/" .. file, case[1])
      local output, code = script.run("examples/batch.lua", { dir = dir,
        base_url = server.url, arguments = file .. " --yes" })
      assert.equal(1, code, output)
      assert.matches("^batch%.lua: [^\n]*" .. case[2] .. "[^\n]*\n$", output)
    end)
  end
end)
