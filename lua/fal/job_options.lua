--- What may be said of a job beside its input: by name, in the words of fal.options.

local job_options = {}

--- Options of everything that submits; `validated` and `price_micros` come from endpoint
--- objects, which have done that part; `intent` from a workflow: called before each
--- attempt, for what must be durable before it leaves.
job_options.SUBMIT = {
  input = "table", timeout = "seconds", webhook_url = "string",
  priority = { "normal", "low" }, start_timeout = "start", hint = "string",
  headers = "table", storage = { fields = { expires_in = "seconds" } },
  max_queue_length = "count", extra = "table", allow_legacy = "boolean",
  name = "string", again = "boolean", max_price = "dollars",
  validated = "boolean", price_micros = "any", intent = "function",
}
--- Options of subscribe: what a submit takes, and how to wait.
job_options.SUBSCRIBE = {
  logs = "boolean", on_enqueue = "function", on_queue_update = "function",
  mode = { "polling", "streaming" },
}
for name, rule in next, job_options.SUBMIT do job_options.SUBSCRIBE[name] = rule end

--- What an endpoint takes: the input stands beside them there, what is known of it is not
--- the user's to say, and what is the endpoint's own comes along.
---@param spec table
---@return table
function job_options.beside_input(spec)
  local own = { extra = "table", allow_legacy = "boolean", source = "any" }
  for name, rule in next, spec do own[name] = rule end
  own.input, own.validated, own.price_micros = nil, nil, nil
  return own
end

return job_options
