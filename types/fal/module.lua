---@meta

-- Made by scripts/make-types.lua; edit what it reads.

---@class fal
local fal = {}

--- Tells the user something once per process, on stderr unless the client is quiet. Of
--- very many such things one may come again.
---@param key string
---@param text string
function fal.notice(key, text) end

--- Submits, waits, fetches the result: the whole way.
---
--- Past `timeout` the job is canceled at the service; a result that is ready by then is
--- returned all the same. Canceling the task cancels the job. `on_enqueue(request_id)`
--- and `on_queue_update(status)` may wait; what they raise, subscribe raises, and the job
--- goes on: take it up again with client:job(endpoint_id, request_id).
---@param endpoint_id string
---@param opts? fal.SubscribeOptions
---@return any output
---@return fal.Job|fal.Error job   the error when output is nil
function fal.subscribe(endpoint_id, opts) end

--- Calls the synchronous host: no queue, no handle. When the answer is lost, so is the
--- result; for long or costly jobs use subscribe.
---@param endpoint_id string
---@param opts? fal.RunOptions
---@return any output
---@return fal.Error? err
function fal.run(endpoint_id, opts) end

--- The events of a model that streams its output; the last one is the result. Inside a
--- task on PUC 5.1, call the iterator by hand.
---@param endpoint_id string
---@param opts? fal.RunOptions
---@return (fun(): any, fal.Error?)? iterator   nil and an error when the stream breaks
---@return fal.Error? err
function fal.stream(endpoint_id, opts) end

--- Fetches a file to `path`, by way of `path.part`. The key is never sent along.
---@param url string     https
---@param path string
---@param opts? fal.DownloadOptions
---@return string? path
---@return fal.DownloadInfo|fal.Error info
function fal.download(url, path, opts) end

--- Sends a file, or bytes, to fal.ai's storage. The same file is sent once for a client,
--- as long as it does not change.
---@param source string|fal.UploadBytes   a path, or bytes
---@param opts? fal.UploadOptions
---@return string? url
---@return fal.Error? err   kind file: missing, empty, unreadable
function fal.upload(source, opts) end

--- A handle on a job that was submitted before; no request is made.
---@param endpoint_id string
---@param request_id string
---@return fal.Job?
---@return fal.Error? err   kind validation
function fal.job(endpoint_id, request_id) end

--- Looks in the account's request history for submits whose answer was lost, and for
--- what dead processes left, and settles in the ledger what it finds.
---@return fal.ReconcileReport? report   found, unknown, assumed, waiting, unsent, failed
---@return fal.Error? err
---@return fal.ReconcileReport? partial   beside an error: what was done all the same;
---        `failed` names each endpoint whose history could not be read, and why
function fal.reconcile() end

--- Dollars that were spent: with a ledger by all who share it, since its beginning.
---@return number? dollars
---@return fal.Error? err   kind file
function fal.spent() end

--- Dollars that are reserved for jobs whose cost is not settled yet.
---@return number? dollars
---@return fal.Error? err   kind file
function fal.reserved() end

--- What an input will cost at most.
---@param endpoint_id string
---@param input table
---@return number? dollars
---@return fal.Error? err   kinds validation, price_unknown
function fal.estimate(endpoint_id, input) end

--- Asks the platform for the prices of the units that the service bills, so that jobs of
--- these endpoints are settled by what they were billed.
---@param endpoint_ids string[]
---@return table<string, { unit_price: number, unit: string }>? prices   by endpoint id
---@return fal.Error? err
function fal.refresh_prices(endpoint_ids) end

--- Starts `fn(…)` in a task of its own; see fal.task.
---@param fn function
---@param ... any   what it is called with
---@return fal.Task?
---@return fal.Error? err   kind closed
function fal.spawn(fn, ...) end

---@param seconds number
---@return boolean? ok
---@return fal.Error? err   kind canceled or closed
function fal.sleep(seconds) end

--- Calls `fn(item, index)` for each item of a list, in `concurrency` tasks beside each
--- other [as many as there are items].
---@param list any[]
---@param fn fun(item: any, index: integer): any, any
---@param opts? fal.MapOptions
---@return table? results   by index, holes where a call gave nil; results.n counts all
---@return table errors     by index
function fal.map(list, fn, opts) end

--- Runs until no task is left, nor a submit that a canceled task left behind.
function fal.loop() end

--- Does what is ready, for about `budget` seconds at most, and never waits.
---@param budget? number
---@return integer live   tasks and transfers; 0 when nothing is left to do
function fal.step(budget) end

--- Seconds until the next thing to do; nil: nothing.
---@return number?
function fal.timeout() end

--- A descriptor that turns readable when there is work; nil where the system has none.
---@return integer?
function fal.fd() end

--- Ends everything: tasks are woken with an error of kind closed, later calls return one.
--- Jobs at the service go on. Idempotent.
function fal.close() end

---@class fal.queue
local queue = {}

--- Submits a request and returns at once when it is accepted.
---
--- It is sent again only when it certainly was not accepted: no connection, 429. Errors
--- say by `err.sent` whether the service may have accepted it; kind unknown_submit means
--- that the answer was lost, and nothing is sent again.
---@param endpoint_id string
---@param opts? fal.SubmitOptions   `timeout` is kept by job:wait; with a ledger, the same
---        name, endpoint and input are paid for once
---@return fal.Job?
---@return fal.Error? err
function queue.submit(endpoint_id, opts) end

---@param endpoint_id string
---@param opts fal.StatusOptions
---@return fal.Status? status
---@return fal.Error? err
function queue.status(endpoint_id, opts) end

---@param endpoint_id string
---@param opts fal.RequestOptions
---@return any output
---@return fal.Error? err   not_found and retryable while the job is not done
function queue.result(endpoint_id, opts) end

---@param endpoint_id string
---@param opts fal.RequestOptions
---@return "CANCELLATION_REQUESTED"|"ALREADY_COMPLETED"|nil answer
---@return fal.Error? err
function queue.cancel(endpoint_id, opts) end

--- The statuses as the service streams them, log lines as increments. A stream that ends
--- without a completed status is broken: the iterator then returns nil and an error.
---@param endpoint_id string
---@param opts fal.StatusOptions
---@return (fun(): fal.Status?, fal.Error?)? iterator
---@return fal.Error? err
function queue.stream_status(endpoint_id, opts) end
