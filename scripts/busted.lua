-- busted's own launcher, so that any interpreter can run it, also under valgrind or with
-- a sanitizer preloaded, without the re-exec of `busted --lua=…`.
require "busted.runner" { standalone = false }
