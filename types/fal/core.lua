---@meta fal.core

-- The C module, for editors and for whoever writes the Lua above it. This file is never
-- loaded at run time: it lives outside lua/ so that it cannot shadow the shared object.
--
-- C never calls Lua. Whatever was started is identified by an integer id, never reused in
-- a process; what became of it is fetched with `engine:next()`. Every id comes out of
-- `next` exactly once as "response", "error" or "timer" (before that, a streaming transfer
-- may come out as "event" any number of times), unless the engine is closed first.

---@class fal.core
---@field version string    version of this library
---@field curl string       libcurl's own version line
---@field features { http2: boolean, asynchdns: boolean, prereq: boolean, poller: "epoll"|"kqueue"|"poll" }
local core = {}

---Monotonic clock, in seconds. The only clock deadlines may use.
---@return number seconds
function core.now() end

---An empty table with room for `n` named members at the least.
---@param n integer
---@return table
---@return integer room   for how many
function core.table(n) end

---The text of a value as JSON, names in order.
---@param value any
---@param marks table   metatable → true: what has it is an array, even when it is empty;
---        value → its text, such as "null"
---@return string? text
---@return string? path    of what cannot be written
---@return string? why
function core.json(value, marks) end

---Makes whole numbers integers in a table that was decoded. Lua 5.3 and later only.
---@param t table
---@return table t
function core.integers(t) end

---Flushes an open file and waits until it is on the disk. A folder opened for reading
---syncs the names in it.
---@param file file*
---@return boolean? ok
---@return string? message
function core.sync(file) end

---Takes an open file's lock without waiting. It goes with the file's closing, or with the
---process, however that ends; programs that are started do not inherit it.
---@param file file*
---@return boolean? locked    false: somebody else has it
---@return string? message
function core.lock(file) end

---Makes a folder and those above it; one that is there is fine.
---@param path string
---@return boolean? ok
---@return string? message
function core.make_folder(path) end

---@param file file*
---@return integer? columns   of the terminal behind it; nil: it is no terminal
function core.columns(file) end

---Bytes that nobody can guess.
---@param n integer           1 to 256
---@return string? bytes
---@return string? message
function core.random(n) end

---Keeps a C module that is loaded mapped until the process ends.
---@param path string
---@return boolean pinned
function core.pin(path) end

---@param bytes string
---@return string hex         64 lower-case digits
function core.sha256(bytes) end

---Of a plain file that can be read; never waits for the other end of a pipe.
---@param path string
---@return number? size       bytes
---@return number|string mtime   seconds since 1970; or what is wrong
function core.stat(path) end

---@class fal.core.Options
---@field queue_url string        where submit, status, result and cancel live; no trailing slash
---@field run_url string
---@field rest_url string
---@field api_url string
---@field user_agent? string
---@field max_connections? integer        [32] connections that may be busy at once
---@field requests_per_second? number     [unlimited] pace of starting exchanges
---@field http_version? "1.1"|"2"|"auto"  ["auto"]
---@field proxy? string
---@field ca_file? string
---@field connect_timeout? number         seconds [10]
---@field request_timeout? number         seconds [60], one exchange, counted from when it starts
---@field max_body? integer               bytes [16 MiB] a body kept in memory may have

---@param opts fal.core.Options      unknown names and wrong types raise
---@return fal.core.Engine? engine
---@return string? message           no resources; a URL that is no http(s) origin; no such CA file
function core.new(opts) end

---@class fal.core.Engine
local engine = {}

---Sets (or with nil forgets) the API key "id:secret". From here on it exists only as one
---header line inside C, is attached by one function, and only to URLs under the four
---configured ones, over https, or over http to a loopback address.
---@param key string?
---@return boolean? ok
---@return string? message   empty, or holds bytes that cannot stand in a header
function engine:set_key(key) end

---@class fal.core.Submit
---@field query? string      already escaped, without "?"
---@field headers? string[]  "Name: value" lines
---@field timeout? number    seconds for this exchange
---@field brief? boolean     a usual answer comes out as "brief"

---POST `queue_url/endpoint_id` with a JSON body: at most once, whatever libcurl would
---like to repeat.
---@param endpoint_id string
---@param body string
---@param opts? fal.core.Submit
---@return integer? id
---@return string? message
function engine:submit(endpoint_id, body, opts) end

---GET the status of a request. `app_id` is the endpoint id without its sub-path. `url`, as
---submit returned it, is used when it lies under queue_url and names this request, else the
---composed one. With `brief` a usual answer comes out as "brief".
---@param app_id string
---@param request_id string
---@param logs boolean
---@param url? string
---@param brief? boolean
---@return integer? id
---@return string? message
function engine:status(app_id, request_id, logs, url, brief) end

---GET the status stream (server-sent events); comes out as "event"s, then "response".
---@param app_id string
---@param request_id string
---@param logs boolean
---@param url? string
---@return integer? id
---@return string? message   also "busy": half of the connections stream already; poll instead
function engine:stream_status(app_id, request_id, logs, url) end

---GET the result.
---@param app_id string
---@param request_id string
---@param url? string
---@return integer? id
---@return string? message
function engine:result(app_id, request_id, url) end

---PUT the cancel of a remote job. (`abort` is for local things.)
---@param app_id string
---@param request_id string
---@param url? string
---@return integer? id
---@return string? message
function engine:cancel(app_id, request_id, url) end

---@class fal.core.Request
---@field method? "GET"|"POST"|"PUT"|"DELETE"|"HEAD"  ["GET"]
---@field url string
---@field headers? string[]     "Name: value" lines
---@field body? string          sent with POST and PUT
---@field body_file? string     PUT this file instead, read as it is sent
---@field body_from? integer    first byte of it [0]
---@field body_size? integer    bytes of it [all that follow]
---@field auth? boolean         attach the key; a URL outside the configured ones is refused
---@field once? boolean         at most once on the wire, as submit
---@field stream? boolean       deliver text/event-stream as "event"s
---@field follow? boolean       follow redirects (never together with auth)
---@field public_only? boolean  refuse ("forbidden") to connect to private, loopback and
---                             link-local addresses; without effect behind a proxy
---@field timeout? number       seconds; 0 for none
---@field stall? number         seconds without a byte before it is given up
---@field max_body? integer     bytes; of a stream: of one event
---@field file? string          write the body of a 200 or 206 to file..".part", then rename
---@field resume? boolean       continue an existing file..".part" with Range and If-Range.
---                             Which version it holds (a strong ETag, else a date) is noted
---                             in file..".part.etag"; without that it begins anew
---@field expect_size? integer  bytes the whole file must have

---@param spec fal.core.Request      unknown names raise
---@return integer? id
---@return string? message
function engine:request(spec) end

---@param seconds number
---@return integer id      comes out of `next` as "timer" once due
function engine:timer(seconds) end

---Flushes an open file, and has a thread wait until it is on the disk; the file may be
---closed meanwhile.
---@param file file*
---@return integer|false|nil id   comes out of `next` as "synced", and cannot be aborted;
---                        false: it could not be written; nil: the caller has to call
---                        core.sync
---@return string? message
function engine:sync(file) end

---Gives up a transfer or timer. A transfer still comes out of `next`, once, as "error"
---with code "aborted" and what is known of whether it was sent; a timer is gone at once.
---One whose bytes have all come and are being put on the disk ends as if nothing was said.
---@param id integer
---@return boolean known
function engine:abort(id) end

---Keeps what a transfer brings from coming out of `next`, or lets it come out again. A
---stream that is held fills its buffer and then pauses; nothing is lost.
---@param id integer
---@param hold boolean
---@return boolean known
function engine:hold(id, hold) end

---@param id integer
---@return integer? received  bytes, for a file including what was there before
---@return integer? total     0 while unknown
---@return integer? sent      bytes of body_file that have been sent
function engine:progress(id) end

---Waits at most `timeout` seconds for work, then works for about `budget` seconds (nil:
---until nothing is ready).
---@param timeout number   0 never waits; negative waits until the next event
---@param budget? number
---@return integer? live   transfers, timers and syncs that are not finished or not fetched
---@return boolean|string ready   next() has something to say; or what is wrong: "busy"
---                        in a finalizer that runs in the middle of next()
function engine:step(timeout, budget) end

---Next thing that happened:
---    id, "timer"
---    id, "synced", ok, message
---    id, "event", data, name              one server-sent event
---    id, "response", status, body, headers, sent
---    id, "brief", status, request_id, queue_position, inference_time, response_url
---"brief" stands for a "response" of 200 or 202 whose body says no more (status_url and
---cancel_url may be there, below response_url); all but the status may be nil. Of a status
---request_id and response_url are: who asks for it knows them.
---    id, "error", code, message, sent, status, headers
---`sent` is "no" (no byte of the request can have left), "yes" (an answer's status line
---came back) or "unknown". `code`: "dns" "connect" "tls" "timeout" "stalled" "aborted"
---"resend" (the connection died, and libcurl was kept from repeating the request)
---"too_large" "truncated" "network" "protocol" "forbidden" (by public_only) "file"
---"memory" "engine".
---`headers` maps lower-case names to values; nil for a status answer of 200 or 202.
---`body` is nil when it went to a file. Of "error", `status` and `headers` are what had
---arrived before it failed: an accepted submit whose body was lost names its request there.
---@return integer? id     nil: nothing more for now
---@return "timer"|"synced"|"event"|"response"|"error"|nil kind
function engine:next() end

---@return number? seconds   until the next step has work; nil: nothing to wait for
function engine:timeout() end

---@return boolean forked    whether this process is a child of the one that made the engine;
---                          there it starts nothing, and is only good for being closed
function engine:forked() end

---@return integer? fd       turns readable when there is work; nil where the system has none
function engine:fd() end

---Total and idempotent; also `__gc` and `__close`. Every other method raises afterwards.
function engine:close() end

return core
