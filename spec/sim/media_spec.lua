local support = require("support.sim")

local T2V = "fal-ai/sora-2/text-to-video"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

describe("the simulator's media", function()
  local sim, result

  setup(function()
    sim = support.start({ media = "bundled", queue_time = 0, run_time = 0 })
    result = sim:request("GET", sim:submit(T2V, { prompt = "x" }).response_url).json
  end)

  teardown(function()
    sim:stop()
  end)

  local function get(url, headers, method)
    return sim:request(method or "GET", url, { key = false, headers = headers })
  end

  it("serves exactly the bytes that the output announced", function()
    for name, magic in pairs({ video = "^....ftyp", thumbnail = "^RIFF....WEBP",
      spritesheet = "^\255\216\255" }) do
      local file = result[name]
      local answer = get(file.url)
      assert.equal(200, answer.status)
      assert.equal(file.file_size, #answer.body)
      assert.equal(file.content_type, answer.headers["content-type"])
      assert.matches(magic, answer.body)
    end
  end)

  it("answers HEAD with the length alone", function()
    local answer = get(result.video.url, nil, "HEAD")
    assert.equal(200, answer.status)
    assert.equal(result.video.file_size, tonumber(answer.headers["content-length"]))
  end)

  it("serves ranges", function()
    local whole = get(result.video.url).body
    for range, piece in pairs({ ["5-9"] = whole:sub(6, 10), ["100-"] = whole:sub(101),
      ["-7"] = whole:sub(-7), ["0-999999"] = whole }) do
      local answer = get(result.video.url, { "Range: bytes=" .. range })
      assert.equal(206, answer.status)
      assert.equal(piece, answer.body)
    end
    local answer = get(result.video.url, { "Range: bytes=5-9" })
    assert.equal("bytes 5-9/" .. #whole, answer.headers["content-range"])
  end)

  it("answers 416 to a range beyond the end, the whole to one it cannot read", function()
    local beyond = get(result.video.url, { "Range: bytes=9999999-" })
    assert.equal(416, beyond.status)
    assert.matches("^bytes %*/%d+$", beyond.headers["content-range"])
    assert.equal(200, get(result.video.url, { "Range: bytes=9-5" }).status)
    assert.equal(200, get(result.video.url, { "Range: lines=1-2" }).status)
  end)

  it("honours If-Range", function()
    local etag = get(result.video.url).headers.etag
    assert.equal(206, get(result.video.url,
      { "Range: bytes=1-2", "If-Range: " .. etag }).status)
    assert.equal(200, get(result.video.url,
      { "Range: bytes=1-2", 'If-Range: "other"' }).status)
  end)

  it("refuses a key, and counts it", function()
    local before = sim:ledger().totals.keys_on_media
    assert.equal(400, sim:request("GET", result.video.url).status)
    assert.equal(before + 1, sim:ledger().totals.keys_on_media)
  end)

  it("counts downloads in the ledger", function()
    local before = sim:ledger().jobs[1].downloads
    get(result.video.url)
    assert.equal(before + 1, sim:ledger().jobs[1].downloads)
  end)

  it("makes big files of any size out of nothing", function()
    local bytes = get("/cdn/__blob/1000").body
    assert.equal(1000, #bytes)
    assert.equal(250, bytes:byte(251))
    assert.equal(0, bytes:byte(252))
    local piece = get("/cdn/__blob/100000000000", { "Range: bytes=99999999990-" })
    assert.equal(206, piece.status)
    assert.equal(10, #piece.body)
    assert.equal(99999999990 % 251, piece.body:byte(1))
  end)

  it("lets output files expire when the caller asks for it", function()
    local job = sim:submit(T2V, { prompt = "x" }, { headers = {
      'X-Fal-Object-Lifecycle-Preference: {"expiration_duration_seconds":60}' } })
    local url = sim:request("GET", job.response_url).json.video.url
    assert.equal(200, get(url).status)
    sim:advance(61)
    assert.equal(404, get(url).status)
  end)

  it("knows no other file", function()
    assert.equal(404, get("/cdn/files/b/x/y.mp4").status)
    assert.equal(405, get(result.video.url, nil, "DELETE").status)
  end)

  it("can do without any", function()
    local none = support.start({ media = "none", queue_time = 0, run_time = 0 })
    local job = none:submit(T2V, { prompt = "x" })
    local output = none:request("GET", job.response_url).json
    assert.is_string(output.video.url)
    assert.is_nil(output.video.file_size)
    assert.equal(404, none:request("GET", output.video.url, { key = false }).status)
    none:stop()
  end)
end)

local function has_ffmpeg()
  local process = io.popen("command -v ffmpeg && command -v ffprobe")
  local found = process:read("*a")
  process:close()
  return select(2, found:gsub("\n", "")) == 2
end

describe("the simulator's renderer", function()
  it("makes videos of the asked size and length, remixes too", function()
    if not has_ffmpeg() then
      return pending("ffmpeg is not installed")
    end
    local sim = support.start({ media = "ffmpeg", queue_time = 0, run_time = 0 })
    local path = os.tmpname()

    local function finished(job)
      repeat
        local status = sim:request("GET", job.status_url .. "/stream").body
      until status:find("COMPLETED", 1, true)
      return sim:request("GET", job.response_url).json
    end

    local function probe(file)
      local bytes = support.curl("-o " .. support.quote(path) .. " "
        .. support.quote(file.url))
      assert.equal("", bytes)
      assert.equal(file.file_size, #read(path))
      local process = io.popen("ffprobe -v error -select_streams v -show_entries "
        .. "stream=width,height,duration -of csv=p=0 " .. path)
      local facts = process:read("*l")
      process:close()
      return facts
    end

    local clip = finished(sim:submit(T2V, { duration = 4, aspect_ratio = "9:16",
      delete_video = false,
      prompt = "It's 100%: 'quotes' \\ back\nslash, %{pts} [x]; é" }))
    assert.equal("720,1280,4.000000", probe(clip.video))
    assert.same({ 720, 1280 }, { clip.video.width, clip.video.height })
    assert.matches("^RIFF", (probe(clip.thumbnail) and read(path)))
    assert.matches("^\255\216", (probe(clip.spritesheet) and read(path)))
    local remix = finished(sim:submit("fal-ai/sora-2/video-to-video/remix",
      { video_id = clip.video_id, prompt = "at dusk" }))
    assert.equal("720,1280,4.000000", probe(remix.video))
    assert.not_equal(clip.video.file_size, remix.video.file_size)
    os.remove(path)
    sim:stop()
  end)
end)
