rockspec_format = "3.0"
package = "fal-sim"
version = "scm-1"

source = { url = "git+https://example.invalid/lua-fal.git", branch = "main" }

description = {
  summary = "A local server that speaks fal.ai's queue protocol",
  detailed = [[Queue, sync run, storage, CDN and platform API of fal.ai on one local port,
with real media, virtual time, a ledger of what was accepted, and faults on demand.]],
  license = "MIT",
}

dependencies = { "lua >= 5.4", "lua-cjson", "argparse" }

external_dependencies = { MICROHTTPD = { library = "microhttpd" } }

build = {
  type = "builtin",
  modules = {
    ["fal.sim.httpd"] = {
      sources = {
        "csrc/sim/httpd.c", "csrc/sim/process.c", "csrc/sim/pump.c", "csrc/sim/server.c",
      },
      libraries = { "microhttpd" },
      incdirs = { "$(MICROHTTPD_INCDIR)" },
      libdirs = { "$(MICROHTTPD_LIBDIR)" },
      defines = { "_GNU_SOURCE" },
    },
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
    ["fal.sim.sora2"] = "lua/fal/sim/sora2.lua",
    ["fal.sim.spoil"] = "lua/fal/sim/spoil.lua",
    ["fal.sim.storage"] = "lua/fal/sim/storage.lua",
    ["fal.sim.stream"] = "lua/fal/sim/stream.lua",
    ["fal.sim.timers"] = "lua/fal/sim/timers.lua",
    ["fal.sim.url"] = "lua/fal/sim/url.lua",
    ["fal.sim.work"] = "lua/fal/sim/work.lua",
  },
  install = { bin = { ["fal-sim"] = "bin/fal-sim" } },
}
