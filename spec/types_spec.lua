local script = require "support.script"
local quote = require("support.sim").quote

-- What is wrong once: file, what stands there, what is put in its place, what is said.
local MISTAKES = {
  { "forgets an option", "types/fal/options.lua",
    "%-%-%-@field max_price%? number[^\n]*\n", "",
    "fal.SubscribeOptions lacks the option max_price" },
  { "invents an option", "types/fal/options.lua", "%-%-%-@field hint%? string",
    "---@field hind? string", "fal.SubmitOptions has hind, which the code refuses" },
  { "has another type than the code", "types/fal/options.lua", "max_in_flight%? integer",
    "max_in_flight? string", "fal.ClientOptions.max_in_flight does not say" },
  { "lacks an allowed value", "types/fal/options.lua", '"polling"|"streaming"',
    '"polling"',
    "fal.SubscribeOptions.mode does not say" },
  { "lacks a kind of error", "types/fal/options.lua", '|"forbidden"', "",
    "fal.ErrorKind: lacks forbidden" },
  { "mentions a type that is not there", "lua/fal/job.lua", "fal%.WaitOptions",
    "fal.WeightOptions", "there is no type fal.WeightOptions" },
  { "goes on in the next line", "lua/fal/task.lua", "%-%-%-@return any %.%.%.[^\n]*",
    "---@return { a: string,\n---  b: string }", "a field expected" },
  { "leaves out a parameter", "lua/fal/queue.lua", "%-%-%-@param endpoint_id string\n"
    .. "(%-%-%-@param opts%? fal%.SubmitOptions)", "%1",
    "submit takes %(endpoint_id, opts%), its annotations say %(opts%)" },
  { "leaves out what comes back", "lua/fal/task.lua", "%-%-%-@return boolean\n"
    .. "(function Task:is_done)", "%1", "is_done does not say what it returns" },
  { "leaves out what a driver takes", "lua/fal/drivers/neovim.lua",
    "%-%-%-@param client fal%.Client\n", "",
    "require takes %(client%), its annotations say" },
  { "is older than a model's table", "lua/fal/models/sora2.lua", '"true_1080p"',
    '"real_1080p"',
    "types/fal/models.lua: no longer what the code says" },
  { "is older than a comment", "lua/fal/client.lua", "Submits, waits, fetches",
    "Submits and waits and fetches",
    "types/fal/module.lua: no longer what the code says" },
}

describe("check-types", function()
  local dir

  setup(function()
    dir = script.directory()
    assert(os.execute(("cp -r lua types scripts spec %s"):format(quote(dir))))
  end)

  teardown(function() script.remove(dir) end)

  local function check()
    local pipe = assert(io.popen(("cd %s && $(scripts/vm 5.4 bin) "
      .. "scripts/check-types.lua 2>&1; echo exit code $?"):format(quote(dir))))
    local output = pipe:read "*a"
    pipe:close()
    return output
  end

  --- Puts something into a file of the copy; returns what was there.
  local function replace(name, from, to)
    local path = dir .. "/" .. name
    local file = assert(io.open(path))
    local before = file:read "*a"
    file:close()
    local after, count = before:gsub(from, to)
    assert.is_true(count > 0, from)
    file = assert(io.open(path, "w"))
    file:write(after)
    file:close()
    return before
  end

  it("finds nothing wrong", function() assert.equal("exit code 0\n", check()) end)

  for _, mistake in ipairs(MISTAKES) do
    local name, path, from, to, said = mistake[1], mistake[2], mistake[3], mistake[4],
      mistake[5]
    it("finds an annotation that " .. name, function()
      local before = replace(path, from, to)
      local output = check()
      replace(path, "^.*$", (before:gsub("%%", "%%%%")))
      assert.matches("exit code 1\n$", output)
      assert.truthy(output:find(said), output)
    end)
  end

  it("finds options that no class describes", function()
    local path = "lua/fal/job.lua"
    local before = replace(path, "return job\n$", "function Job:rest(opts)\n"
      .. "  return options.check('rest', opts, {})\nend\nreturn job\n")
    local output = check()
    replace(path, "^.*$", (before:gsub("%%", "%%%%")))
    assert.truthy(output:find "job.lua:%d+: these options have no class", output)
  end)
end)

describe("the types of the endpoints", function()
  local annotations = dofile "scripts/annotations.lua"
  local models = require "fal.models"
  local schema = require "fal.schema"

  local function classes()
    local file = assert(io.open "types/fal/models.lua")
    local out = {}
    for _, class in ipairs(annotations.read(file:read "*a").classes) do
      out[class.name] = class
    end
    file:close()
    return out
  end

  local function class_name(definition)
    return "fal.input." .. definition.id:gsub("%-", "_"):gsub("/", ".")
  end

  --- What validation says of one field's value alone.
  local function refused(definition, name, value)
    local _, err = schema.validate(definition, { [name] = value },
      { allow_legacy = true })
    for _, one in ipairs(err and err.fields or {}) do
      if one.path == name then return one.message end
    end
  end

  local function each_literal(fn)
    local declared = classes()
    for _, family in ipairs(models.families()) do
      for _, definition in ipairs(models.family(family)) do
        local class = declared[class_name(definition)]
        for _, field in ipairs(definition.input) do
          for _, unit in ipairs(class.fields[field.name].type.units) do
            if unit.kind == "literal" then
              fn(definition, field, tonumber(unit.value) or unit.value:sub(2, -2))
            end
          end
        end
      end
    end
  end

  it("name no value that validation refuses", function()
    local seen = 0
    each_literal(function(definition, field, value)
      seen = seen + 1
      local message = refused(definition, field.name, value)
      if message then
        error(("%s: %s = %s: %s"):format(definition.id, field.name, tostring(value),
          message))
      end
    end)
    assert.is_true(seen > 1000)
  end)

  it("allow nothing else where validation does not", function()
    local seen, declared = 0, classes()
    for _, family in ipairs(models.families()) do
      for _, definition in ipairs(models.family(family)) do
        for _, field in ipairs(definition.input) do
          if field.enum and not field.open then
            seen = seen + 1
            local what = definition.id .. " " .. field.name
            assert.is_string(refused(definition, field.name, "something else"), what)
            local class = declared[class_name(definition)]
            for _, unit in ipairs(class.fields[field.name].type.units) do
              assert.is_true(unit.kind == "literal" or unit.name == "fal.Null", what)
            end
          end
        end
      end
    end
    assert.is_true(seen > 100)
  end)
end)

describe("the types of the C module", function()
  it("name each of its functions, and no other", function()
    local core = require "fal.core"
    local url = "http://127.0.0.1:1"
    local engine = core.new { queue_url = url, run_url = url, rest_url = url,
      api_url = url }
    local real, said = {}, {}
    for name, value in pairs(core) do
      if type(value) == "function" then real["core." .. name] = true end
    end
    -- Only where Lua has integers, as its annotation says.
    if not rawget(math, "type") then real["core.integers"] = true end
    for name in pairs(getmetatable(engine).__index) do real["engine." .. name] = true end
    engine:close()
    local file = assert(io.open "types/fal/core.lua")
    local text = file:read "*a"
    file:close()
    for _, one in ipairs(dofile "scripts/annotations.lua".read(text).functions) do
      said[one.owner .. "." .. one.name] = true
    end
    assert.same(real, said)
  end)
end)
