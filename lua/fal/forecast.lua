--- When a job of an endpoint may end, learned from how long the last ones took. Pure.
--
-- A time is counted from when the job was last seen in the queue (at first, its submit):
-- from then on it may have been running. Of each endpoint the last 64 times are kept, and
-- the next look at a job is planned by them:
--
-- - Before the time that 5 % of them did not reach, and in a hole where none of them
--   ended, nothing is to be expected: the next look comes where the hole ends. In case
--   the jobs have become faster, such a gap is at most four times what has passed or
--   `poll.max`, and never longer than four times `poll.max`.
-- - Then a gap is 5 % of what has passed, and past the median, where a job that still
--   runs is likely to end soon, 2.8 %. Past nearly all of them it is 5 % again: this job
--   is slower than was known, and nobody can say by how much.
--
-- Of fewer than eight times nobody can say how they are spread: they are taken for some
-- of many that lie around their mean, more widely the fewer they are. Where they differ
-- too much for that, and without any, nothing is planned.
--
-- So a look is late by more than 5 % only for the few jobs that end before the first
-- rule's limit, however the times are spread; and since only the last 64 count, times
-- that change are learned within about as many jobs.

local forecast = {}

local KEPT = 64        -- times of one endpoint
forecast.KEPT = KEPT
local ENDPOINTS = 64   -- that are remembered
local FEW = 8          -- times that show by themselves how they are spread

local EARLY, LATE = 0.05, 0.95    -- shares of the jobs
local WIDE, NARROW = 0.05, 0.028  -- gaps, as shares of what has passed
local HOLE, MARGIN = 1.3, 1.1     -- so much further is the next time; so near is one

-- No gap is longer than this many times `poll.max`.
local STRETCH = 4
forecast.STRETCH = STRETCH

-- What is supposed of fewer: so many times, spread (by the standard deviation of their
-- logarithm) as if SPREAD had been measured on WEIGHT more. Past WIDEST is no telling.
local SUPPOSED, SPREAD, WEIGHT, WIDEST = 20, 0.45, 3, 0.75

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")
local floor, max, min = math.floor, math.max, math.min
local exp, log, sqrt = math.exp, math.log, math.sqrt

---@class fal.Forecast
---@field sorted number[]   the times that are planned by, known or supposed
---@field count integer     of them
local Forecast = {}
Forecast.__index = Forecast

---@return fal.Forecast
function forecast.new()
  return setmetatable({ count = 0, ring = {}, at = 0, sorted = {} }, Forecast)
end

--- How many of `sorted` are not above `value`.
local function rank(sorted, count, value)
  local low, high = 0, count
  while low < high do
    local middle = floor((low + high + 1) / 2)
    if sorted[middle] <= value then low = middle else high = middle - 1 end
  end
  return low
end

--- Times as they may come, when a few are known: even shares of a log-logistic
--- distribution, whose quantiles are a formula.
local function supposed(few)
  local count, mean, squares = #few, 0, WEIGHT * SPREAD ^ 2
  for i = 1, count do mean = mean + log(few[i]) / count end
  for i = 1, count do squares = squares + (log(few[i]) - mean) ^ 2 end
  -- The mean of a few is uncertain itself.
  local spread = sqrt(squares / (WEIGHT + count - 1) * (1 + 1 / count))
  local sorted = {}
  if spread > WIDEST then return sorted end
  local width = spread * sqrt(3) / math.pi
  for i = 1, SUPPOSED do
    sorted[i] = exp(mean + width * log(i / (SUPPOSED + 1 - i)))
  end
  return sorted
end

local function ordered(times)
  local sorted = { unpack(times) }
  table.sort(sorted)
  return sorted
end

--- Takes the time that one more job took.
---@param seconds number
function Forecast:learn(seconds)
  local ring = self.ring
  seconds = max(seconds, 1e-3)  -- one that has a logarithm
  self.at = self.at % KEPT + 1
  local oldest = ring[self.at]
  ring[self.at] = seconds
  if #ring <= FEW then
    self.sorted = (#ring < FEW and supposed or ordered)(ring)
  else
    local sorted = self.sorted
    if oldest then table.remove(sorted, rank(sorted, #sorted, oldest)) end
    table.insert(sorted, rank(sorted, #sorted, seconds) + 1, seconds)
  end
  self.count = #self.sorted
end

--- The age before which nothing is to be expected; of few times, only the first part of
--- the shortest is safe.
local function first_end(sorted, count)
  local early = EARLY * (count + 1)
  return early >= 1 and sorted[floor(early)] or sorted[1] * early
end

--- Seconds from `age` to the end of the hole that it is in; nil: it is in none.
local function hole(sorted, count, age)
  local first = first_end(sorted, count)
  if age < first then return first - age end
  local ended = rank(sorted, count, age)
  local last, next_ = sorted[ended], sorted[ended + 1]
  if not last or ended >= LATE * count then return nil end
  if next_ <= HOLE * age or age <= MARGIN * last then return nil end
  return next_ / MARGIN - age
end

--- Seconds until the next look; nil: too little is known.
---@param age number       seconds since the job may run
---@param elapsed number   seconds since its submit, not less than `age`
---@param ahead number     seconds for which it will not run yet, as far as is known
---@param poll { initial: number, max: number, jitter: number }
---@param random fun(): number
---@return number?
function Forecast:gap(age, elapsed, ahead, poll, random)
  local sorted, count = self.sorted, self.count
  if count == 0 then return nil end
  local ended = rank(sorted, count, age)
  local share = ended >= count / 2 and ended < LATE * count and NARROW or WIDE
  local gap = max(share * elapsed, poll.initial)
  local empty = hole(sorted, count, age)
  if empty then
    empty = empty + ahead
    local longest = min(max(poll.max, STRETCH * elapsed), STRETCH * poll.max)
    -- Jobs that were submitted together are looked at apart; the end is met as it is.
    if empty > longest then empty = longest * (1 + poll.jitter * (2 * random() - 1)) end
    gap = max(gap, empty)
  end
  return min(gap, STRETCH * poll.max)
end

--- The time that a job took, if it ended between two looks. What the service says of the
--- run itself is closer than the middle, where it agrees with what was seen.
---@param before number   age at which the job had not ended
---@param seen number     age at which it had
---@param said any        metrics.inference_time
---@param longest number  seconds between looks from which the middle says too little
---@return number? seconds
function forecast.time(before, seen, said, longest)
  if type(said) == "number" and said > before and said <= seen then return said end
  if seen - before > longest then return nil end
  return (before + seen) / 2
end

---@class fal.Forecasts
local Forecasts = {}
Forecasts.__index = Forecasts

--- The forecasts of a client, by endpoint.
---@return fal.Forecasts
function forecast.all() return setmetatable({ by_id = {}, count = 0 }, Forecasts) end

---@param endpoint_id string
---@return fal.Forecast
---@return boolean fresh   nothing was known of this endpoint
function Forecasts:of(endpoint_id)
  local known = self.by_id[endpoint_id]
  if known then return known, false end
  if self.count >= ENDPOINTS then self.by_id, self.count = {}, 0 end
  known = forecast.new()
  self.by_id[endpoint_id], self.count = known, self.count + 1
  return known, true
end

return forecast
