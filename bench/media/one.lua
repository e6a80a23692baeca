-- Fetches one file, as the curl command line would: one.lua URL PATH BASE_URL
local fal = require "fal"
local client = fal.assert(fal.client { base_url = arg[3], quiet = true })
fal.assert(client:download(arg[1], arg[2]))
client:close()
