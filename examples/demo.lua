-- A film and two remixes of it, through the queue, onto the disk: what `make demo` runs.
--   demo.lua [--columns N] [--live]
-- --columns: the output is a terminal so many columns wide. --live: ask before paying.

local core = require "fal.core"
local fal = require "fal"
local progress = require "fal.progress"

local DIR = "out/demo"
local SECONDS = 4

local options = {}
for i, word in ipairs(arg) do
  local name = word:match("^%-%-(%a+)$")
  if name then options[name] = arg[i + 1] or true end
end
local columns = tonumber(options.columns)

local client = assert(fal.client { quiet = true })
local sora = require("fal.sora2").with(client)
local input = {
  prompt = "A cat walks along a garden wall, golden hour, handheld camera",
  duration = SECONDS,
  -- fal.ai deletes a clip once it is made, unless told not to; then no remix is possible.
  delete_video = false,
}

--- A remix costs what its source costs, so three clips cost three times the first.
local price = fal.assert(sora.text_to_video:estimate(input))
if options.live then
  local model = sora.text_to_video.definition
  print(("This makes 3 videos of %d s on fal.ai, for $%.2f at the price of %s.")
    :format(SECONDS, 3 * price, model.price.as_of))
  if model.status == "retired" then
    print("The model is retired since " .. model.since .. ": fal.ai may refuse the job.")
  end
  io.write("Go on? [y/N] ")
  io.flush()
  local answer = io.read("*l")
  if not answer or not answer:lower():match("^y") then
    print("Nothing was sent.")
    os.exit(1)
  end
end

local board = progress.board {
  write = function(s) io.write(s) io.flush() end,
  clock = core.now,
  live = columns ~= nil,
  columns = columns,
}
local files, failures = {}, {}

local function failed(row, err)
  row:finish "failed"
  failures[#failures + 1] = row.label .. ": " .. tostring(err)
end

--- One row from submit to file. `generate` is given the options of the job.
local function make(label, cost, generate)
  local row = board:row(label, cost)
  local clip, err = generate {
    logs = true,
    on_queue_update = function(status) row:update(status) end,
  }
  if not clip then return failed(row, err) end
  row:say "downloading"
  local path, info = clip:download(("%s/%s.mp4"):format(DIR, label))
  if not path then return failed(row, info) end
  row:finish(("done, %.1f MB"):format(info.size / 1e6))
  files[#files + 1] = path
  return clip
end

local function film()
  local base = make("base", price, function(opts)
    return sora.text_to_video(input, opts)
  end)
  if not base then return true end
  local changes = {
    { label = "dusk", prompt = "The same shot at dusk, lanterns lit" },
    { label = "rain", prompt = "Heavy rain begins, the wall glistens" },
  }
  client:map(changes, function(change)
    local cost = sora.remix:estimate { video_id = base.video_id, prompt = change.prompt }
    return make(change.label, cost, function(opts)
      return base:remix(change.prompt, opts)
    end)
  end)
  return true
end

os.execute("mkdir -p " .. DIR)
local running = fal.assert(client:spawn(film))
while not running:is_done() do
  board:tick()
  client:sleep(0.1)
end
fal.assert(running:await())
client:close()

for _, failure in ipairs(failures) do
  print(failure)
end
if #files == 3 then
  print("\nWritten:\n  " .. table.concat(files, "\n  "))
  print("Any player or browser shows them: xdg-open " .. files[1] .. " (macOS: open …)")
else
  os.exit(1)
end
