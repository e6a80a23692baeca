-- A client that sends nothing and records what it was asked to send: for specs of the
-- rooms above the client.

local recording_client = {}

--- @param answers? any[]  outputs, in order; the last one is repeated
function recording_client.new(answers)
  local client = { calls = {}, notices = {}, downloads = {}, count = 0 }
  local noticed = {}
  answers = answers or { recording_client.clip "video_1" }

  local function answer()
    client.count = client.count + 1
    return answers[math.min(client.count, #answers)]
  end

  local function record(verb, id, opts)
    client.calls[#client.calls + 1] = { verb = verb, id = id, opts = opts }
    return { request_id = "r-" .. #client.calls, endpoint_id = id, input = opts.input }
  end

  function client.subscribe(_, id, opts)
    local job = record("subscribe", id, opts)
    if client.err then return nil, client.err end
    return answer(), job
  end

  client.queue = {}
  function client.queue.submit(_, id, opts)
    local job = record("submit", id, opts)
    if client.err then return nil, client.err end
    local output
    function job.wait()
      output = output or answer()
      return output
    end
    job.result = job.wait
    return job
  end

  function client.notice(_, key, text)
    if noticed[key] then return end
    noticed[key] = true
    client.notices[#client.notices + 1] = text
  end

  function client.download(_, url, path, opts)
    client.downloads[#client.downloads + 1] = { url = url, path = path, opts = opts }
    if client.download_err then return nil, client.download_err end
    return path, { size = 1 }
  end

  return client
end

--- An output as the service sends it.
function recording_client.clip(id, more)
  local output = {
    video = { url = "https://a.b/" .. id .. ".mp4" }, video_id = id,
    thumbnail = { url = "https://a.b/" .. id .. ".webp" },
  }
  for k, v in pairs(more or {}) do output[k] = v end
  return output
end

return recording_client
