rockspec_format = "3.0"
package = "fal"
version = "scm-1"

source = {
  url = "git+https://github.com/lua-fal/lua-fal.git",
  branch = "main",
}

description = {
  summary = "Sora 2 video generation from Lua, through fal.ai's queue",
  detailed = [[
    Turns prompts and images into videos, remixes them and downloads them, from Lua 5.1 to
    5.4 and LuaJIT. Thousands of jobs wait in one process without threads, callbacks or
    idle CPU; a paid request leaves at most once.]],
  homepage = "https://github.com/lua-fal/lua-fal",
  issues_url = "https://github.com/lua-fal/lua-fal/issues",
  maintainer = "lua-fal contributors",
  license = "MIT",
  labels = { "video", "ai", "http", "async" },
}

dependencies = {
  "lua >= 5.1",
  "lua-cjson",
}

external_dependencies = {
  -- No header: LuaRocks does not look where Debian keeps libcurl's, the compiler does.
  CURL = { library = "curl" },
}

test_dependencies = { "busted" }
test = { type = "busted" }

build = {
  -- Not "builtin": that one installs the whole folder lua/, the simulator's modules and
  -- all, whatever is listed here. The compiler is all this needs.
  type = "command",
  build_command = [[mkdir -p build && $(CC) $(CFLAGS) -std=c99 -D_GNU_SOURCE ]]
    .. [[-fvisibility=hidden $(LIBFLAG) -I$(LUA_INCDIR) -I$(CURL_INCDIR) -Icsrc ]]
    .. [[-o build/core.so csrc/*.c -L$(CURL_LIBDIR) -lcurl]],
  install = {
    lib = {
      ["fal.core"] = "build/core.so",
    },
    lua = {
      ["fal.error"] = "lua/fal/error.lua",
      ["fal.json"] = "lua/fal/json.lua",
      ["fal.suggest"] = "lua/fal/suggest.lua",
      ["fal.text"] = "lua/fal/text.lua",
    },
  },
  copy_directories = { "types" },
}
