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
    .. [[-o build/core.so csrc/*.c -L$(CURL_LIBDIR) -lcurl -pthread]],
  install = {
    lib = {
      ["fal.core"] = "build/core.so",
    },
    lua = {
      ["fal"] = "lua/fal/init.lua",
      ["fal.acceptance"] = "lua/fal/acceptance.lua",
      ["fal.budget"] = "lua/fal/budget.lua",
      ["fal.callback"] = "lua/fal/callback.lua",
      ["fal.chain"] = "lua/fal/chain.lua",
      ["fal.channel"] = "lua/fal/channel.lua",
      ["fal.check"] = "lua/fal/check.lua",
      ["fal.client"] = "lua/fal/client.lua",
      ["fal.clip"] = "lua/fal/clip.lua",
      ["fal.coerce"] = "lua/fal/coerce.lua",
      ["fal.credentials"] = "lua/fal/credentials.lua",
      ["fal.download"] = "lua/fal/download.lua",
      ["fal.drivers.attach"] = "lua/fal/drivers/attach.lua",
      ["fal.drivers.copas"] = "lua/fal/drivers/copas.lua",
      ["fal.drivers.cqueues"] = "lua/fal/drivers/cqueues.lua",
      ["fal.drivers.luv"] = "lua/fal/drivers/luv.lua",
      ["fal.drivers.neovim"] = "lua/fal/drivers/neovim.lua",
      ["fal.drivers.uv"] = "lua/fal/drivers/uv.lua",
      ["fal.dropped"] = "lua/fal/dropped.lua",
      ["fal.endpoint"] = "lua/fal/endpoint.lua",
      ["fal.error"] = "lua/fal/error.lua",
      ["fal.exchange"] = "lua/fal/exchange.lua",
      ["fal.failure"] = "lua/fal/failure.lua",
      ["fal.file"] = "lua/fal/file.lua",
      ["fal.follow"] = "lua/fal/follow.lua",
      ["fal.forecast"] = "lua/fal/forecast.lua",
      ["fal.gallery"] = "lua/fal/gallery.lua",
      ["fal.gallery.page"] = "lua/fal/gallery/page.lua",
      ["fal.gallery.script"] = "lua/fal/gallery/script.lua",
      ["fal.gallery.style"] = "lua/fal/gallery/style.lua",
      ["fal.guest"] = "lua/fal/guest.lua",
      ["fal.interpreted"] = "lua/fal/interpreted.lua",
      ["fal.job"] = "lua/fal/job.lua",
      ["fal.job_options"] = "lua/fal/job_options.lua",
      ["fal.json"] = "lua/fal/json.lua",
      ["fal.ledger"] = "lua/fal/ledger.lua",
      ["fal.ledger.account"] = "lua/fal/ledger/account.lua",
      ["fal.ledger.address"] = "lua/fal/ledger/address.lua",
      ["fal.ledger.again"] = "lua/fal/ledger/again.lua",
      ["fal.ledger.clock"] = "lua/fal/ledger/clock.lua",
      ["fal.ledger.db"] = "lua/fal/ledger/db.lua",
      ["fal.ledger.earlier"] = "lua/fal/ledger/earlier.lua",
      ["fal.ledger.farewell"] = "lua/fal/ledger/farewell.lua",
      ["fal.ledger.guard"] = "lua/fal/ledger/guard.lua",
      ["fal.ledger.input"] = "lua/fal/ledger/input.lua",
      ["fal.ledger.operations"] = "lua/fal/ledger/operations.lua",
      ["fal.ledger.prices"] = "lua/fal/ledger/prices.lua",
      ["fal.ledger.process"] = "lua/fal/ledger/process.lua",
      ["fal.ledger.record"] = "lua/fal/ledger/record.lua",
      ["fal.ledger.schema"] = "lua/fal/ledger/schema.lua",
      ["fal.ledger.store"] = "lua/fal/ledger/store.lua",
      ["fal.ledger.writer"] = "lua/fal/ledger/writer.lua",
      ["fal.logs"] = "lua/fal/logs.lua",
      ["fal.media"] = "lua/fal/media.lua",
      ["fal.memory"] = "lua/fal/memory.lua",
      ["fal.mime"] = "lua/fal/mime.lua",
      ["fal.models"] = "lua/fal/models/init.lua",
      ["fal.models.build"] = "lua/fal/models/build.lua",
      ["fal.models.flux3"] = "lua/fal/models/flux3.lua",
      ["fal.models.gemini_omni"] = "lua/fal/models/gemini_omni.lua",
      ["fal.models.grok"] = "lua/fal/models/grok.lua",
      ["fal.models.happy_horse"] = "lua/fal/models/happy_horse.lua",
      ["fal.models.kling"] = "lua/fal/models/kling.lua",
      ["fal.models.ltx"] = "lua/fal/models/ltx.lua",
      ["fal.models.luma"] = "lua/fal/models/luma.lua",
      ["fal.models.minimax"] = "lua/fal/models/minimax.lua",
      ["fal.models.pixverse"] = "lua/fal/models/pixverse.lua",
      ["fal.models.seedance"] = "lua/fal/models/seedance.lua",
      ["fal.models.sora2"] = "lua/fal/models/sora2.lua",
      ["fal.models.veo31"] = "lua/fal/models/veo31.lua",
      ["fal.models.wan"] = "lua/fal/models/wan.lua",
      ["fal.options"] = "lua/fal/options.lua",
      ["fal.outcome"] = "lua/fal/outcome.lua",
      ["fal.price"] = "lua/fal/price.lua",
      ["fal.progress"] = "lua/fal/progress.lua",
      ["fal.queue"] = "lua/fal/queue.lua",
      ["fal.reconcile"] = "lua/fal/reconcile.lua",
      ["fal.reconcile.evidence"] = "lua/fal/reconcile/evidence.lua",
      ["fal.reconcile.history"] = "lua/fal/reconcile/history.lua",
      ["fal.reconcile.match"] = "lua/fal/reconcile/match.lua",
      ["fal.reconcile.verdict"] = "lua/fal/reconcile/verdict.lua",
      ["fal.rules"] = "lua/fal/rules.lua",
      ["fal.sched"] = "lua/fal/sched.lua",
      ["fal.schedule"] = "lua/fal/schedule.lua",
      ["fal.schema"] = "lua/fal/schema.lua",
      ["fal.settings"] = "lua/fal/settings.lua",
      ["fal.slots"] = "lua/fal/slots.lua",
      ["fal.sora2"] = "lua/fal/sora2.lua",
      ["fal.stall"] = "lua/fal/stall.lua",
      ["fal.storage"] = "lua/fal/storage.lua",
      ["fal.stream"] = "lua/fal/stream.lua",
      ["fal.submit"] = "lua/fal/submit.lua",
      ["fal.suggest"] = "lua/fal/suggest.lua",
      ["fal.task"] = "lua/fal/task.lua",
      ["fal.text"] = "lua/fal/text.lua",
      ["fal.url"] = "lua/fal/url.lua",
      ["fal.wait"] = "lua/fal/wait.lua",
      ["fal.workflow"] = "lua/fal/workflow.lua",
      ["fal.workflow.board"] = "lua/fal/workflow/board.lua",
      ["fal.workflow.doubt"] = "lua/fal/workflow/doubt.lua",
      ["fal.workflow.earlier"] = "lua/fal/workflow/earlier.lua",
      ["fal.workflow.export"] = "lua/fal/workflow/export.lua",
      ["fal.workflow.folder"] = "lua/fal/workflow/folder.lua",
      ["fal.workflow.graph"] = "lua/fal/workflow/graph.lua",
      ["fal.workflow.identity"] = "lua/fal/workflow/identity.lua",
      ["fal.workflow.journal"] = "lua/fal/workflow/journal.lua",
      ["fal.workflow.make"] = "lua/fal/workflow/make.lua",
      ["fal.workflow.media"] = "lua/fal/workflow/media.lua",
      ["fal.workflow.name"] = "lua/fal/workflow/name.lua",
      ["fal.workflow.plan"] = "lua/fal/workflow/plan.lua",
      ["fal.workflow.run"] = "lua/fal/workflow/run.lua",
      ["fal.workflow.state"] = "lua/fal/workflow/state.lua",
    },
  },
  copy_directories = { "types", "examples" },
}
