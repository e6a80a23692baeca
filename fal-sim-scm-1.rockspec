rockspec_format = "3.0"
package = "fal-sim"
version = "scm-1"

source = {
  url = "git+https://github.com/lua-fal/lua-fal.git",
  branch = "main",
}

description = {
  summary = "A local server that speaks fal.ai's protocol",
  detailed = [[
    Queue, synchronous run, storage, CDN and platform API of fal.ai on one local port, with
    real media, virtual time, a ledger of what was accepted, and faults on demand.]],
  homepage = "https://github.com/lua-fal/lua-fal",
  issues_url = "https://github.com/lua-fal/lua-fal/issues",
  maintainer = "lua-fal contributors",
  license = "MIT",
  labels = { "http", "testing", "simulator" },
}

dependencies = {
  "lua >= 5.1",
  "lua-cjson",
  "argparse",
}

external_dependencies = {
  -- No header: LuaRocks does not look where Debian keeps it, the compiler does.
  MICROHTTPD = { library = "microhttpd" },
}

build = {
  -- Not "builtin", which would install the client's modules too: the whole folder lua/.
  type = "command",
  build_command = [[mkdir -p build && $(CC) $(CFLAGS) -std=c99 -D_GNU_SOURCE ]]
    .. [[-fvisibility=hidden $(LIBFLAG) -I$(LUA_INCDIR) -I$(MICROHTTPD_INCDIR) ]]
    .. [[-o build/httpd.so csrc/sim/*.c -L$(MICROHTTPD_LIBDIR) -lmicrohttpd]],
  install = {
    bin = { ["fal-sim"] = "bin/fal-sim" },
    lib = { ["fal.sim.httpd"] = "build/httpd.so" },
    lua = {
      ["fal.sim"] = "lua/fal/sim/init.lua",
      ["fal.sim.auth"] = "lua/fal/sim/auth.lua",
      ["fal.sim.clip"] = "lua/fal/sim/clip.lua",
      ["fal.sim.clock"] = "lua/fal/sim/clock.lua",
      ["fal.sim.control"] = "lua/fal/sim/control.lua",
      ["fal.sim.faults"] = "lua/fal/sim/faults.lua",
      ["fal.sim.files"] = "lua/fal/sim/files.lua",
      ["fal.sim.heap"] = "lua/fal/sim/heap.lua",
      ["fal.sim.jobs"] = "lua/fal/sim/jobs.lua",
      ["fal.sim.json"] = "lua/fal/sim/json.lua",
      ["fal.sim.ledger"] = "lua/fal/sim/ledger.lua",
      ["fal.sim.matcher"] = "lua/fal/sim/matcher.lua",
      ["fal.sim.media"] = "lua/fal/sim/media.lua",
      ["fal.sim.options"] = "lua/fal/sim/options.lua",
      ["fal.sim.platform"] = "lua/fal/sim/platform.lua",
      ["fal.sim.prices"] = "lua/fal/sim/prices.lua",
      ["fal.sim.queue"] = "lua/fal/sim/queue.lua",
      ["fal.sim.random"] = "lua/fal/sim/random.lua",
      ["fal.sim.recorder"] = "lua/fal/sim/recorder.lua",
      ["fal.sim.render"] = "lua/fal/sim/render.lua",
      ["fal.sim.reply"] = "lua/fal/sim/reply.lua",
      ["fal.sim.run"] = "lua/fal/sim/run.lua",
      ["fal.sim.scripts"] = "lua/fal/sim/scripts.lua",
      ["fal.sim.shapes"] = "lua/fal/sim/shapes.lua",
      ["fal.sim.sora2"] = "lua/fal/sim/sora2.lua",
      ["fal.sim.spoil"] = "lua/fal/sim/spoil.lua",
      ["fal.sim.storage"] = "lua/fal/sim/storage.lua",
      ["fal.sim.stream"] = "lua/fal/sim/stream.lua",
      ["fal.sim.timers"] = "lua/fal/sim/timers.lua",
      ["fal.sim.url"] = "lua/fal/sim/url.lua",
      ["fal.sim.work"] = "lua/fal/sim/work.lua",
    },
  },
}
