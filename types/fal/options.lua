---@meta

-- Options, and the tables that come back. The functions that take them say so in their own
-- files; scripts/check-types compares these classes with what the code accepts.

---@alias fal.Null lightuserdata   fal.null: JSON's null

---@alias fal.ErrorKind "validation"|"content_policy"|"auth"|"forbidden"|"not_found"|"rate_limit"|"network"|"timeout"|"server"|"protocol"|"unknown_submit"|"generation"|"canceled"|"budget"|"price_unknown"|"not_remixable"|"closed"|"file"|"task"

---@alias fal.LedgerState "intent"|"sent"|"unknown"|"accepted"|"completed"|"fetched"|"refused"|"failed"|"canceled"

---How long to wait between looks at a job.
---@class fal.PollOptions
---@field initial? number   seconds [0.5]
---@field factor? number    of each next one [1.5]
---@field max? number       seconds [5]
---@field jitter? number    share by which each one varies [0.2]
---@field learn? boolean    let the times of earlier jobs choose [unless one of the others is given]

---@class fal.RetryOptions
---@field max_attempts? integer   [6]
---@field base_delay? number      seconds [0.5]
---@field max_delay? number       seconds [30]

---@class fal.LedgerPolicy
---@field assume_not_accepted_after? number   seconds; see docs/money.md

---Of fal.client and fal.configure.
---@class fal.ClientOptions
---@field credentials? string|fun(): string?   "id:secret" [FAL_KEY, else FAL_KEY_ID and FAL_KEY_SECRET]
---@field base_url? string         one origin in place of all of fal.ai's hosts [FAL_BASE_URL]
---@field queue_url? string        [https://queue.fal.run]
---@field run_url? string          [https://fal.run]
---@field rest_url? string         [https://rest.fal.ai]
---@field api_url? string          [https://api.fal.ai]
---@field proxy? string
---@field ca_file? string
---@field http_version? "1.1"|"2"|"auto"   ["auto"]
---@field connect_timeout? number  seconds [10]
---@field request_timeout? number  seconds for one exchange [60]
---@field timeout? number          seconds for a whole job [none]
---@field max_connections? integer [32]
---@field max_in_flight? integer   jobs at the service at once [unlimited]
---@field requests_per_second? number   [unlimited]
---@field poll? fal.PollOptions
---@field retry? fal.RetryOptions
---@field budget? number           dollars that may be committed
---@field ledger? string           a path (SQLite), or postgresql://…
---@field ledger_policy? fal.LedgerPolicy
---@field logger? fun(level: "debug"|"info"|"warn"|"error", event: string, fields: table)   never handed a secret
---@field quiet? boolean           no notices on stderr

---@class fal.StorageOptions
---@field expires_in? number   seconds for which the service keeps the files it makes

---What goes along with an input.
---@class fal.JobOptions
---@field timeout? number          seconds for the whole job; past it, it is canceled
---@field webhook_url? string      https
---@field priority? "normal"|"low"
---@field start_timeout? number    seconds, more than 0.1, in which it must begin to run
---@field hint? string             of the runner to use
---@field headers? table<string, string>
---@field storage? fal.StorageOptions
---@field max_queue_length? integer
---@field extra? table             fields of the input that are sent unchecked
---@field allow_legacy? boolean    send fields that current schemas no longer list
---@field name? string             of the work, which is paid for once; needs a ledger
---@field again? boolean           pay anew for work of this name
---@field max_price? number        dollars, of an input whose price is not known

---@class fal.SubmitOptions : fal.JobOptions
---@field input? table

---Of an endpoint's call and of clip:remix.
---@class fal.CallOptions : fal.JobOptions
---@field logs? boolean
---@field mode? "polling"|"streaming"
---@field on_enqueue? fun(request_id: string)
---@field on_queue_update? fun(status: fal.Status)   sees each log line once

---@class fal.SubscribeOptions : fal.CallOptions
---@field input? table

---Of client:run and client:stream.
---@class fal.RunOptions
---@field input? table
---@field timeout? number          seconds
---@field start_timeout? number    seconds, more than 0.1
---@field hint? string
---@field headers? table<string, string>
---@field storage? fal.StorageOptions
---@field extra? table
---@field allow_legacy? boolean
---@field max_price? number

---@class fal.StatusOptions
---@field request_id string
---@field logs? boolean

---@class fal.RequestOptions
---@field request_id string

---@class fal.LogsOptions
---@field logs? boolean

---@class fal.WaitOptions
---@field timeout? number     seconds; past it the job is canceled
---@field logs? boolean
---@field mode? "polling"|"streaming"
---@field on_queue_update? fun(status: fal.Status)

---@class fal.UpdatesOptions
---@field timeout? number     seconds; it ends the iterating, not the job
---@field logs? boolean
---@field mode? "polling"|"streaming"

---@class fal.ExpectedFile
---@field size? integer   bytes

---@class fal.DownloadOptions
---@field on_progress? fun(done: integer, total: integer)   total is 0 while unknown
---@field resume? boolean     take up a part of the same version that an earlier call left [true]
---@field expect? fal.ExpectedFile
---@field timeout? number     seconds

---@class fal.DownloadInfo
---@field size integer
---@field content_type? string
---@field seconds number

---@class fal.UploadBytes
---@field data string
---@field file_name? string
---@field content_type? string

---@class fal.UploadOptions
---@field on_progress? fun(done: integer, total: integer)
---@field expires_in? number   seconds it is kept [as the account has it]

---@class fal.FileOptions
---@field inline? boolean      as a data: URI, up to 256 KiB
---@field expires_in? number   seconds it is kept

---@class fal.MapOptions
---@field concurrency? integer   [all at once]

---@class fal.WorkflowOptions
---@field client? fal.Client   [the default one]
---@field dir? string          where results and state are kept ["out/<name>"]
---@field budget? number       dollars that the workflow may cost in all its runs together

---@class fal.NodeOptions
---@field max_price? number       dollars that it counts where no price is known
---@field extra? table
---@field allow_legacy? boolean
---@field timeout? number         seconds
---@field priority? "normal"|"low"
---@field start_timeout? number   seconds, more than 0.1
---@field hint? string
---@field storage? fal.StorageOptions

---@class fal.WorkflowRunOptions
---@field concurrency? integer   jobs at a time [8]
---@field on_progress? fun(view: fal.workflow.View, counts: table<string, integer>)
---@field progress? boolean      show it on stderr [no]

---@class fal.LedgerFilter
---@field state? fal.LedgerState
---@field since? number        seconds since 1970
---@field name? string
---@field endpoint_id? string
---@field limit? integer

---@class fal.SpentOptions
---@field since? number   seconds since 1970

---One line of a job's log.
---@class fal.LogLine
---@field message string
---@field timestamp? string
---@field level? string

---A job's status, in the service's own words.
---@class fal.Status
---@field status "IN_QUEUE"|"IN_PROGRESS"|"COMPLETED"
---@field queue_position? integer
---@field logs? fal.LogLine[]
---@field metrics? { inference_time?: number }

---A file in an output.
---@class fal.MediaFile
---@field url string
---@field content_type? string
---@field file_name? string
---@field file_size? integer
---@field width? integer
---@field height? integer
---@field duration? number
---@field fps? number

---What is wrong with one field of an input.
---@class fal.FieldFault
---@field path string
---@field message string
---@field type string
---@field allowed? any[]
---@field suggestion? string
