---@meta

-- Made by scripts/make-types.lua; edit what it reads.

---An endpoint whose input no table describes here.
---@class fal.endpoint.any : fal.Endpoint
---@overload fun(input: table, opts?: fal.CallOptions): any, fal.Job|fal.Error

---@class fal.input.fal_ai.sora_2.text_to_video
---@field prompt string  What to generate; dialogue and sound are steered by it too.
---@field resolution? "720p"|string  Lines of the clip. 1080p is 1792x1024, true_1080p 1920x1080. [720p]
---@field aspect_ratio? "9:16"|"16:9"|"landscape"|"portrait"  Width to height of the clip. [16:9]
---@field duration? 4|"4"|"4s"|8|"8"|"8s"|12|"12"|"12s"|16|"16"|"16s"|20|"20"|"20s"  Length of the clip in seconds. [4]
---@field delete_video? boolean  Delete the upstream copy afterwards; then it can never be remixed. [true]
---@field model? "sora-2"|"sora-2-2025-12-08"|"sora-2-2025-10-06"|string  Snapshot of the model; sora-2 is the newest one. [sora-2]
---@field detect_and_block_ip? boolean  Refuse a prompt (or picture) that shows known intellectual property. [false]
---@field character_ids? string[]  Ids from the characters endpoint; name the characters in the prompt.
---@field api_key? string  Historic: the caller's own OpenAI key. (legacy)

---fal-ai/sora-2/text-to-video (retired)
---@class fal.endpoint.fal_ai.sora_2.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.sora_2.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.sora_2.image_to_video
---@field prompt string  What to generate; dialogue and sound are steered by it too.
---@field image_url string|fal.File  Picture used as the first frame: JPEG, PNG or WebP.
---@field resolution? "auto"|"720p"  Lines of the clip. 1080p is 1792x1024, true_1080p 1920x1080. [auto]
---@field aspect_ratio? "auto"|"9:16"|"16:9"|"landscape"|"portrait"  Width to height of the clip; auto follows the picture. [auto]
---@field duration? 4|"4"|"4s"|8|"8"|"8s"|12|"12"|"12s"|16|"16"|"16s"|20|"20"|"20s"  Length of the clip in seconds. [4]
---@field delete_video? boolean  Delete the upstream copy afterwards; then it can never be remixed. [true]
---@field model? "sora-2"|"sora-2-2025-12-08"|"sora-2-2025-10-06"|string  Snapshot of the model; sora-2 is the newest one. [sora-2]
---@field detect_and_block_ip? boolean  Refuse a prompt (or picture) that shows known intellectual property. [false]
---@field character_ids? string[]  Ids from the characters endpoint; name the characters in the prompt.
---@field api_key? string  Historic: the caller's own OpenAI key. (legacy)

---fal-ai/sora-2/image-to-video (retired)
---@class fal.endpoint.fal_ai.sora_2.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.sora_2.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.sora_2.text_to_video.pro
---@field prompt string  What to generate; dialogue and sound are steered by it too.
---@field resolution? "720p"|"1080p"|"true_1080p"  Lines of the clip. 1080p is 1792x1024, true_1080p 1920x1080. [1080p]
---@field aspect_ratio? "9:16"|"16:9"|"landscape"|"portrait"  Width to height of the clip. [16:9]
---@field duration? 4|"4"|"4s"|8|"8"|"8s"|12|"12"|"12s"|16|"16"|"16s"|20|"20"|"20s"  Length of the clip in seconds. [4]
---@field delete_video? boolean  Delete the upstream copy afterwards; then it can never be remixed. [true]
---@field detect_and_block_ip? boolean  Refuse a prompt (or picture) that shows known intellectual property. [false]
---@field character_ids? string[]  Ids from the characters endpoint; name the characters in the prompt.
---@field api_key? string  Historic: the caller's own OpenAI key. (legacy)

---fal-ai/sora-2/text-to-video/pro (retired)
---@class fal.endpoint.fal_ai.sora_2.text_to_video.pro : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.text_to_video.pro, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.text_to_video.pro, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.text_to_video.pro, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.text_to_video.pro, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.sora_2.text_to_video.pro, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.sora_2.image_to_video.pro
---@field prompt string  What to generate; dialogue and sound are steered by it too.
---@field image_url string|fal.File  Picture used as the first frame: JPEG, PNG or WebP.
---@field resolution? "auto"|"720p"|"1080p"|"true_1080p"  Lines of the clip. 1080p is 1792x1024, true_1080p 1920x1080. [auto]
---@field aspect_ratio? "auto"|"9:16"|"16:9"|"landscape"|"portrait"  Width to height of the clip; auto follows the picture. [auto]
---@field duration? 4|"4"|"4s"|8|"8"|"8s"|12|"12"|"12s"|16|"16"|"16s"|20|"20"|"20s"  Length of the clip in seconds. [4]
---@field delete_video? boolean  Delete the upstream copy afterwards; then it can never be remixed. [true]
---@field detect_and_block_ip? boolean  Refuse a prompt (or picture) that shows known intellectual property. [false]
---@field character_ids? string[]  Ids from the characters endpoint; name the characters in the prompt.
---@field api_key? string  Historic: the caller's own OpenAI key. (legacy)

---fal-ai/sora-2/image-to-video/pro (retired)
---@class fal.endpoint.fal_ai.sora_2.image_to_video.pro : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.image_to_video.pro, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.image_to_video.pro, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.image_to_video.pro, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.image_to_video.pro, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.sora_2.image_to_video.pro, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.sora_2.video_to_video.remix
---@field video_id string  The video_id of an earlier result; uploads cannot be remixed.
---@field prompt string  The change to make.
---@field delete_video? boolean  The same for the new clip. [true]
---@field api_key? string  Historic: the caller's own OpenAI key. (legacy)

---fal-ai/sora-2/video-to-video/remix (retired)
---@class fal.endpoint.fal_ai.sora_2.video_to_video.remix : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.video_to_video.remix, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.video_to_video.remix, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.video_to_video.remix, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.video_to_video.remix, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.sora_2.video_to_video.remix, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.sora_2.characters
---@field video_url string|fal.File  MP4 that shows the character: 720p at least, the first 4 s count.
---@field name string  The name to use in prompts.

---fal-ai/sora-2/characters (retired)
---@class fal.endpoint.fal_ai.sora_2.characters : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.characters, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.characters, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.characters, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.sora_2.characters, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.sora_2.characters, opts?: fal.CallOptions): { id: string, name: string }?, fal.Job|fal.Error

---@class fal.input.fal_ai.veo3.1
---@field prompt string
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"  [16:9]
---@field duration? 4|"4"|"4s"|6|"6"|"6s"|8|"8"|"8s"  [8s]
---@field resolution? "720p"|"1080p"|"4k"  [720p]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field seed? integer
---@field auto_fix? boolean  [true]
---@field safety_tolerance? "1"|"2"|"3"|"4"|"5"|"6"  [4]

---fal-ai/veo3.1
---@class fal.endpoint.fal_ai.veo3.1 : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.veo3.1, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.veo3.1.fast
---@field prompt string
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"  [16:9]
---@field duration? 4|"4"|"4s"|6|"6"|"6s"|8|"8"|"8s"  [8s]
---@field resolution? "720p"|"1080p"|"4k"  [720p]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field seed? integer
---@field auto_fix? boolean  [true]
---@field safety_tolerance? "1"|"2"|"3"|"4"|"5"|"6"  [4]

---fal-ai/veo3.1/fast
---@class fal.endpoint.fal_ai.veo3.1.fast : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.fast, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.fast, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.fast, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.fast, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.veo3.1.fast, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.veo3.1.image_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"16:9"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? 4|"4"|"4s"|6|"6"|"6s"|8|"8"|"8s"  [8s]
---@field resolution? "720p"|"1080p"|"4k"  [720p]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field seed? integer
---@field auto_fix? boolean  [false]
---@field safety_tolerance? "1"|"2"|"3"|"4"|"5"|"6"  [4]
---@field image_url string|fal.File

---fal-ai/veo3.1/image-to-video
---@class fal.endpoint.fal_ai.veo3.1.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.veo3.1.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.veo3.1.fast.image_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"16:9"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? 4|"4"|"4s"|6|"6"|"6s"|8|"8"|"8s"  [8s]
---@field resolution? "720p"|"1080p"|"4k"  [720p]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field seed? integer
---@field auto_fix? boolean  [false]
---@field safety_tolerance? "1"|"2"|"3"|"4"|"5"|"6"  [4]
---@field image_url string|fal.File

---fal-ai/veo3.1/fast/image-to-video
---@class fal.endpoint.fal_ai.veo3.1.fast.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.fast.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.fast.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.fast.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.fast.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.veo3.1.fast.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.veo3.1.first_last_frame_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"16:9"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? 4|"4"|"4s"|6|"6"|"6s"|8|"8"|"8s"  [8s]
---@field resolution? "720p"|"1080p"|"4k"  [720p]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field seed? integer
---@field auto_fix? boolean  [false]
---@field safety_tolerance? "1"|"2"|"3"|"4"|"5"|"6"  [4]
---@field first_frame_url string|fal.File
---@field last_frame_url string|fal.File

---fal-ai/veo3.1/first-last-frame-to-video
---@class fal.endpoint.fal_ai.veo3.1.first_last_frame_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.first_last_frame_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.first_last_frame_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.first_last_frame_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.first_last_frame_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.veo3.1.first_last_frame_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.veo3.1.reference_to_video
---@field prompt string
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"  [16:9]
---@field duration? 8|"8"|"8s"  [8s]
---@field resolution? "720p"|"1080p"|"4k"  [720p]
---@field generate_audio? boolean  [true]
---@field auto_fix? boolean  [true]
---@field safety_tolerance? "1"|"2"|"3"|"4"|"5"|"6"  [4]
---@field image_urls (string|fal.File)[]

---fal-ai/veo3.1/reference-to-video
---@class fal.endpoint.fal_ai.veo3.1.reference_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.reference_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.reference_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.reference_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.reference_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.veo3.1.reference_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.veo3.1.extend_video
---@field prompt string
---@field aspect_ratio? "auto"|"16:9"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? 7|"7"|"7s"  [7s]
---@field resolution? "720p"  [720p]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field seed? integer
---@field auto_fix? boolean  [true]
---@field safety_tolerance? "1"|"2"|"3"|"4"|"5"|"6"  [4]
---@field video_url string|fal.File

---fal-ai/veo3.1/extend-video
---@class fal.endpoint.fal_ai.veo3.1.extend_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.extend_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.extend_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.extend_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.extend_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.veo3.1.extend_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.veo3.1.fast.extend_video
---@field prompt string
---@field aspect_ratio? "auto"|"16:9"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? 7|"7"|"7s"  [7s]
---@field resolution? "720p"  [720p]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field seed? integer
---@field auto_fix? boolean  [true]
---@field safety_tolerance? "1"|"2"|"3"|"4"|"5"|"6"  [4]
---@field video_url string|fal.File

---fal-ai/veo3.1/fast/extend-video
---@class fal.endpoint.fal_ai.veo3.1.fast.extend_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.fast.extend_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.fast.extend_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.fast.extend_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.fast.extend_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.veo3.1.fast.extend_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.veo3.1.lite
---@field prompt string
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"  [16:9]
---@field duration? 4|"4"|"4s"|6|"6"|"6s"|8|"8"|"8s"  [8s]
---@field resolution? "720p"|"1080p"  [720p]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field seed? integer
---@field auto_fix? boolean  [true]
---@field safety_tolerance? "1"|"2"|"3"|"4"|"5"|"6"  [4]

---fal-ai/veo3.1/lite
---@class fal.endpoint.fal_ai.veo3.1.lite : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.lite, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.lite, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.lite, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.lite, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.veo3.1.lite, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.veo3.1.lite.image_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"16:9"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? 4|"4"|"4s"|6|"6"|"6s"|8|"8"|"8s"  [8s]
---@field resolution? "720p"|"1080p"  [720p]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field seed? integer
---@field auto_fix? boolean  [false]
---@field safety_tolerance? "1"|"2"|"3"|"4"|"5"|"6"  [4]
---@field image_url string|fal.File

---fal-ai/veo3.1/lite/image-to-video
---@class fal.endpoint.fal_ai.veo3.1.lite.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.lite.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.lite.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.lite.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.lite.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.veo3.1.lite.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.veo3.1.lite.first_last_frame_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"16:9"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? 4|"4"|"4s"|6|"6"|"6s"|8|"8"|"8s"  [8s]
---@field resolution? "720p"|"1080p"  [720p]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field seed? integer
---@field auto_fix? boolean  [false]
---@field safety_tolerance? "1"|"2"|"3"|"4"|"5"|"6"  [4]
---@field first_frame_url string|fal.File
---@field last_frame_url string|fal.File

---fal-ai/veo3.1/lite/first-last-frame-to-video
---@class fal.endpoint.fal_ai.veo3.1.lite.first_last_frame_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.lite.first_last_frame_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.lite.first_last_frame_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.lite.first_last_frame_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.veo3.1.lite.first_last_frame_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.veo3.1.lite.first_last_frame_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.v3.standard.text_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.v3.standard.text_to_video.multi_prompt[]
---@field aspect_ratio? "16:9"|"9:16"|"1:1"|"landscape"|"portrait"  [16:9]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field cfg_scale? number  [0.5]
---@field shot_type? "customize"|"intelligent"  [customize]

---@class fal.input.fal_ai.kling_video.v3.standard.text_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/v3/standard/text-to-video
---@class fal.endpoint.fal_ai.kling_video.v3.standard.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.standard.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.standard.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.standard.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.standard.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.v3.standard.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.v3.standard.image_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.v3.standard.image_to_video.multi_prompt[]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field cfg_scale? number  [0.5]
---@field shot_type? "customize"|"intelligent"  [customize]
---@field start_image_url string|fal.File
---@field end_image_url? string|fal.File
---@field elements? fal.input.fal_ai.kling_video.v3.standard.image_to_video.elements[]

---@class fal.input.fal_ai.kling_video.v3.standard.image_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---@class fal.input.fal_ai.kling_video.v3.standard.image_to_video.elements
---@field frontal_image_url? string|fal.File
---@field reference_image_urls? (string|fal.File)[]
---@field video_url? string|fal.File
---@field voice_id? string

---fal-ai/kling-video/v3/standard/image-to-video
---@class fal.endpoint.fal_ai.kling_video.v3.standard.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.standard.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.standard.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.standard.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.standard.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.v3.standard.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.o3.standard.text_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.o3.standard.text_to_video.multi_prompt[]
---@field aspect_ratio? "16:9"|"9:16"|"1:1"|"landscape"|"portrait"  [16:9]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]
---@field generate_audio? boolean  [false]
---@field shot_type? "customize"|"intelligent"  [customize]

---@class fal.input.fal_ai.kling_video.o3.standard.text_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/o3/standard/text-to-video
---@class fal.endpoint.fal_ai.kling_video.o3.standard.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.o3.standard.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.o3.standard.image_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.o3.standard.image_to_video.multi_prompt[]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]
---@field generate_audio? boolean  [false]
---@field shot_type? "customize"|"intelligent"  [customize]
---@field image_url string|fal.File
---@field end_image_url? string|fal.File

---@class fal.input.fal_ai.kling_video.o3.standard.image_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/o3/standard/image-to-video
---@class fal.endpoint.fal_ai.kling_video.o3.standard.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.o3.standard.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.v3.pro.text_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.v3.pro.text_to_video.multi_prompt[]
---@field aspect_ratio? "16:9"|"9:16"|"1:1"|"landscape"|"portrait"  [16:9]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field cfg_scale? number  [0.5]
---@field shot_type? "customize"|"intelligent"  [customize]

---@class fal.input.fal_ai.kling_video.v3.pro.text_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/v3/pro/text-to-video
---@class fal.endpoint.fal_ai.kling_video.v3.pro.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.pro.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.pro.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.pro.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.pro.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.v3.pro.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.v3.pro.image_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.v3.pro.image_to_video.multi_prompt[]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field cfg_scale? number  [0.5]
---@field shot_type? "customize"|"intelligent"  [customize]
---@field start_image_url string|fal.File
---@field end_image_url? string|fal.File
---@field elements? fal.input.fal_ai.kling_video.v3.pro.image_to_video.elements[]

---@class fal.input.fal_ai.kling_video.v3.pro.image_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---@class fal.input.fal_ai.kling_video.v3.pro.image_to_video.elements
---@field frontal_image_url? string|fal.File
---@field reference_image_urls? (string|fal.File)[]
---@field video_url? string|fal.File
---@field voice_id? string

---fal-ai/kling-video/v3/pro/image-to-video
---@class fal.endpoint.fal_ai.kling_video.v3.pro.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.pro.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.pro.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.pro.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.pro.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.v3.pro.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.o3.pro.text_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.o3.pro.text_to_video.multi_prompt[]
---@field aspect_ratio? "16:9"|"9:16"|"1:1"|"landscape"|"portrait"  [16:9]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]
---@field generate_audio? boolean  [false]
---@field shot_type? "customize"|"intelligent"  [customize]

---@class fal.input.fal_ai.kling_video.o3.pro.text_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/o3/pro/text-to-video
---@class fal.endpoint.fal_ai.kling_video.o3.pro.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.o3.pro.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.o3.pro.image_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.o3.pro.image_to_video.multi_prompt[]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]
---@field generate_audio? boolean  [false]
---@field shot_type? "customize"|"intelligent"  [customize]
---@field image_url string|fal.File
---@field end_image_url? string|fal.File

---@class fal.input.fal_ai.kling_video.o3.pro.image_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/o3/pro/image-to-video
---@class fal.endpoint.fal_ai.kling_video.o3.pro.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.o3.pro.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.v3.4k.text_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.v3.4k.text_to_video.multi_prompt[]
---@field aspect_ratio? "16:9"|"9:16"|"1:1"|"landscape"|"portrait"  [16:9]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field cfg_scale? number  [0.5]
---@field shot_type? "customize"|"intelligent"  [customize]

---@class fal.input.fal_ai.kling_video.v3.4k.text_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/v3/4k/text-to-video
---@class fal.endpoint.fal_ai.kling_video.v3.4k.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.4k.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.4k.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.4k.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.4k.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.v3.4k.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.v3.4k.image_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.v3.4k.image_to_video.multi_prompt[]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]
---@field generate_audio? boolean  [true]
---@field negative_prompt? string
---@field cfg_scale? number  [0.5]
---@field shot_type? "customize"|"intelligent"  [customize]
---@field start_image_url string|fal.File
---@field end_image_url? string|fal.File
---@field elements? fal.input.fal_ai.kling_video.v3.4k.image_to_video.elements[]

---@class fal.input.fal_ai.kling_video.v3.4k.image_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---@class fal.input.fal_ai.kling_video.v3.4k.image_to_video.elements
---@field frontal_image_url? string|fal.File
---@field reference_image_urls? (string|fal.File)[]
---@field video_url? string|fal.File
---@field voice_id? string

---fal-ai/kling-video/v3/4k/image-to-video
---@class fal.endpoint.fal_ai.kling_video.v3.4k.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.4k.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.4k.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.4k.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.4k.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.v3.4k.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.o3.4k.text_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.o3.4k.text_to_video.multi_prompt[]
---@field aspect_ratio? "16:9"|"9:16"|"1:1"|"landscape"|"portrait"  [16:9]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]
---@field generate_audio? boolean  [false]
---@field shot_type? "customize"|"intelligent"  [customize]

---@class fal.input.fal_ai.kling_video.o3.4k.text_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/o3/4k/text-to-video
---@class fal.endpoint.fal_ai.kling_video.o3.4k.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.4k.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.4k.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.4k.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.4k.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.o3.4k.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.o3.4k.image_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.o3.4k.image_to_video.multi_prompt[]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]
---@field generate_audio? boolean  [false]
---@field shot_type? "customize"|"intelligent"  [customize]
---@field image_url string|fal.File
---@field end_image_url? string|fal.File

---@class fal.input.fal_ai.kling_video.o3.4k.image_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/o3/4k/image-to-video
---@class fal.endpoint.fal_ai.kling_video.o3.4k.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.4k.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.4k.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.4k.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.4k.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.o3.4k.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.v3.turbo.standard.text_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.v3.turbo.standard.text_to_video.multi_prompt[]
---@field aspect_ratio? "16:9"|"9:16"|"1:1"|"landscape"|"portrait"  [16:9]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---@class fal.input.fal_ai.kling_video.v3.turbo.standard.text_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/v3/turbo/standard/text-to-video
---@class fal.endpoint.fal_ai.kling_video.v3.turbo.standard.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.standard.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.standard.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.standard.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.standard.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.v3.turbo.standard.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.v3.turbo.standard.image_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.v3.turbo.standard.image_to_video.multi_prompt[]
---@field image_url string|fal.File
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---@class fal.input.fal_ai.kling_video.v3.turbo.standard.image_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/v3/turbo/standard/image-to-video
---@class fal.endpoint.fal_ai.kling_video.v3.turbo.standard.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.standard.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.standard.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.standard.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.standard.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.v3.turbo.standard.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.o3.standard.video_to_video.edit
---@field prompt string
---@field video_url string|fal.File
---@field image_urls? (string|fal.File)[]
---@field elements? fal.input.fal_ai.kling_video.o3.standard.video_to_video.edit.elements[]
---@field keep_audio? boolean  [true]
---@field shot_type? "customize"|"intelligent"  [customize]

---@class fal.input.fal_ai.kling_video.o3.standard.video_to_video.edit.elements
---@field frontal_image_url? string|fal.File
---@field reference_image_urls? (string|fal.File)[]
---@field video_url? string|fal.File
---@field voice_id? string

---fal-ai/kling-video/o3/standard/video-to-video/edit
---@class fal.endpoint.fal_ai.kling_video.o3.standard.video_to_video.edit : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.video_to_video.edit, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.video_to_video.edit, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.video_to_video.edit, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.video_to_video.edit, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.o3.standard.video_to_video.edit, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.o3.standard.video_to_video.reference
---@field prompt string
---@field video_url string|fal.File
---@field image_urls? (string|fal.File)[]
---@field elements? fal.input.fal_ai.kling_video.o3.standard.video_to_video.reference.elements[]
---@field keep_audio? boolean  [true]
---@field shot_type? "customize"|"intelligent"  [customize]
---@field aspect_ratio? "auto"|"16:9"|"9:16"|"1:1"|"landscape"|"portrait"  [auto]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"

---@class fal.input.fal_ai.kling_video.o3.standard.video_to_video.reference.elements
---@field frontal_image_url? string|fal.File
---@field reference_image_urls? (string|fal.File)[]
---@field video_url? string|fal.File
---@field voice_id? string

---fal-ai/kling-video/o3/standard/video-to-video/reference
---@class fal.endpoint.fal_ai.kling_video.o3.standard.video_to_video.reference : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.video_to_video.reference, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.video_to_video.reference, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.video_to_video.reference, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.standard.video_to_video.reference, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.o3.standard.video_to_video.reference, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.v3.turbo.pro.text_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.v3.turbo.pro.text_to_video.multi_prompt[]
---@field aspect_ratio? "16:9"|"9:16"|"1:1"|"landscape"|"portrait"  [16:9]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---@class fal.input.fal_ai.kling_video.v3.turbo.pro.text_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/v3/turbo/pro/text-to-video
---@class fal.endpoint.fal_ai.kling_video.v3.turbo.pro.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.pro.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.pro.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.pro.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.pro.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.v3.turbo.pro.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.v3.turbo.pro.image_to_video
---@field prompt? string
---@field multi_prompt? fal.input.fal_ai.kling_video.v3.turbo.pro.image_to_video.multi_prompt[]
---@field image_url string|fal.File
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---@class fal.input.fal_ai.kling_video.v3.turbo.pro.image_to_video.multi_prompt
---@field prompt string
---@field duration? 1|"1"|"1s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [5]

---fal-ai/kling-video/v3/turbo/pro/image-to-video
---@class fal.endpoint.fal_ai.kling_video.v3.turbo.pro.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.pro.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.pro.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.pro.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.v3.turbo.pro.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.v3.turbo.pro.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.o3.pro.video_to_video.edit
---@field prompt string
---@field video_url string|fal.File
---@field image_urls? (string|fal.File)[]
---@field elements? fal.input.fal_ai.kling_video.o3.pro.video_to_video.edit.elements[]
---@field keep_audio? boolean  [true]
---@field shot_type? "customize"|"intelligent"  [customize]

---@class fal.input.fal_ai.kling_video.o3.pro.video_to_video.edit.elements
---@field frontal_image_url? string|fal.File
---@field reference_image_urls? (string|fal.File)[]
---@field video_url? string|fal.File
---@field voice_id? string

---fal-ai/kling-video/o3/pro/video-to-video/edit
---@class fal.endpoint.fal_ai.kling_video.o3.pro.video_to_video.edit : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.video_to_video.edit, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.video_to_video.edit, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.video_to_video.edit, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.video_to_video.edit, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.o3.pro.video_to_video.edit, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.kling_video.o3.pro.video_to_video.reference
---@field prompt string
---@field video_url string|fal.File
---@field image_urls? (string|fal.File)[]
---@field elements? fal.input.fal_ai.kling_video.o3.pro.video_to_video.reference.elements[]
---@field keep_audio? boolean  [true]
---@field shot_type? "customize"|"intelligent"  [customize]
---@field aspect_ratio? "auto"|"16:9"|"9:16"|"1:1"|"landscape"|"portrait"  [auto]
---@field duration? 3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"

---@class fal.input.fal_ai.kling_video.o3.pro.video_to_video.reference.elements
---@field frontal_image_url? string|fal.File
---@field reference_image_urls? (string|fal.File)[]
---@field video_url? string|fal.File
---@field voice_id? string

---fal-ai/kling-video/o3/pro/video-to-video/reference
---@class fal.endpoint.fal_ai.kling_video.o3.pro.video_to_video.reference : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.video_to_video.reference, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.video_to_video.reference, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.video_to_video.reference, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.kling_video.o3.pro.video_to_video.reference, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.kling_video.o3.pro.video_to_video.reference, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.bytedance.seedance_2.0.text_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"21:9"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? "auto"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [auto]
---@field resolution? "480p"|"720p"|"1080p"|"4k"  [720p]
---@field generate_audio? boolean  [true]
---@field bitrate_mode? "standard"|"high"  [standard]
---@field end_user_id? string

---bytedance/seedance-2.0/text-to-video
---@class fal.endpoint.bytedance.seedance_2.0.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.bytedance.seedance_2.0.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.bytedance.seedance_2.0.image_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"21:9"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? "auto"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [auto]
---@field resolution? "480p"|"720p"|"1080p"|"4k"  [720p]
---@field generate_audio? boolean  [true]
---@field bitrate_mode? "standard"|"high"  [standard]
---@field end_user_id? string
---@field image_url string|fal.File
---@field end_image_url? string|fal.File

---bytedance/seedance-2.0/image-to-video
---@class fal.endpoint.bytedance.seedance_2.0.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.bytedance.seedance_2.0.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.bytedance.seedance_2.0.reference_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"21:9"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? "auto"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [auto]
---@field resolution? "480p"|"720p"|"1080p"|"4k"  [720p]
---@field generate_audio? boolean  [true]
---@field bitrate_mode? "standard"|"high"  [standard]
---@field end_user_id? string
---@field image_urls? (string|fal.File)[]
---@field video_urls? (string|fal.File)[]
---@field audio_urls? (string|fal.File)[]

---bytedance/seedance-2.0/reference-to-video
---@class fal.endpoint.bytedance.seedance_2.0.reference_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.reference_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.reference_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.reference_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.reference_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.bytedance.seedance_2.0.reference_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.bytedance.seedance_2.0.fast.text_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"21:9"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? "auto"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [auto]
---@field resolution? "480p"|"720p"  [720p]
---@field generate_audio? boolean  [true]
---@field bitrate_mode? "standard"|"high"  [standard]
---@field end_user_id? string

---bytedance/seedance-2.0/fast/text-to-video
---@class fal.endpoint.bytedance.seedance_2.0.fast.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.fast.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.fast.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.fast.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.fast.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.bytedance.seedance_2.0.fast.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.bytedance.seedance_2.0.fast.image_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"21:9"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? "auto"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [auto]
---@field resolution? "480p"|"720p"  [720p]
---@field generate_audio? boolean  [true]
---@field bitrate_mode? "standard"|"high"  [standard]
---@field end_user_id? string
---@field image_url string|fal.File
---@field end_image_url? string|fal.File

---bytedance/seedance-2.0/fast/image-to-video
---@class fal.endpoint.bytedance.seedance_2.0.fast.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.fast.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.fast.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.fast.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.fast.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.bytedance.seedance_2.0.fast.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.bytedance.seedance_2.0.fast.reference_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"21:9"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? "auto"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [auto]
---@field resolution? "480p"|"720p"  [720p]
---@field generate_audio? boolean  [true]
---@field bitrate_mode? "standard"|"high"  [standard]
---@field end_user_id? string
---@field image_urls? (string|fal.File)[]
---@field video_urls? (string|fal.File)[]
---@field audio_urls? (string|fal.File)[]

---bytedance/seedance-2.0/fast/reference-to-video
---@class fal.endpoint.bytedance.seedance_2.0.fast.reference_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.fast.reference_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.fast.reference_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.fast.reference_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.fast.reference_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.bytedance.seedance_2.0.fast.reference_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.bytedance.seedance_2.0.mini.text_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"21:9"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? "auto"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [auto]
---@field resolution? "480p"|"720p"  [720p]
---@field generate_audio? boolean  [true]
---@field end_user_id? string

---bytedance/seedance-2.0/mini/text-to-video
---@class fal.endpoint.bytedance.seedance_2.0.mini.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.mini.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.mini.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.mini.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.mini.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.bytedance.seedance_2.0.mini.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.bytedance.seedance_2.0.mini.image_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"21:9"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? "auto"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [auto]
---@field resolution? "480p"|"720p"  [720p]
---@field generate_audio? boolean  [true]
---@field end_user_id? string
---@field image_url string|fal.File
---@field end_image_url? string|fal.File

---bytedance/seedance-2.0/mini/image-to-video
---@class fal.endpoint.bytedance.seedance_2.0.mini.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.mini.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.mini.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.mini.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.mini.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.bytedance.seedance_2.0.mini.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.bytedance.seedance_2.0.mini.reference_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"21:9"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? "auto"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"  [auto]
---@field resolution? "480p"|"720p"  [720p]
---@field generate_audio? boolean  [true]
---@field end_user_id? string
---@field image_urls? (string|fal.File)[]
---@field video_urls? (string|fal.File)[]
---@field audio_urls? (string|fal.File)[]

---bytedance/seedance-2.0/mini/reference-to-video
---@class fal.endpoint.bytedance.seedance_2.0.mini.reference_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.mini.reference_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.mini.reference_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.mini.reference_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.0.mini.reference_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.bytedance.seedance_2.0.mini.reference_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.bytedance.seedance_2.5.text_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"21:9"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? "auto"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"|16|"16"|"16s"|17|"17"|"17s"|18|"18"|"18s"|19|"19"|"19s"|20|"20"|"20s"|21|"21"|"21s"|22|"22"|"22s"|23|"23"|"23s"|24|"24"|"24s"|25|"25"|"25s"|26|"26"|"26s"|27|"27"|"27s"|28|"28"|"28s"|29|"29"|"29s"|30|"30"|"30s"  [auto]
---@field resolution? "480p"|"720p"|"1080p"  [720p]
---@field generate_audio? boolean  [true]
---@field bitrate_mode? "standard"|"high"  [standard]
---@field end_user_id? string
---@field codec? "auto"|"H264"|"H265"  [auto]

---bytedance/seedance-2.5/text-to-video
---@class fal.endpoint.bytedance.seedance_2.5.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.5.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.5.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.5.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.5.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.bytedance.seedance_2.5.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.bytedance.seedance_2.5.image_to_video
---@field prompt string
---@field aspect_ratio? "auto"  [auto]
---@field duration? "auto"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"|16|"16"|"16s"|17|"17"|"17s"|18|"18"|"18s"|19|"19"|"19s"|20|"20"|"20s"|21|"21"|"21s"|22|"22"|"22s"|23|"23"|"23s"|24|"24"|"24s"|25|"25"|"25s"|26|"26"|"26s"|27|"27"|"27s"|28|"28"|"28s"|29|"29"|"29s"|30|"30"|"30s"  [auto]
---@field resolution? "480p"|"720p"|"1080p"  [720p]
---@field generate_audio? boolean  [true]
---@field bitrate_mode? "standard"|"high"  [standard]
---@field end_user_id? string
---@field codec? "auto"|"H264"|"H265"  [auto]
---@field image_url string|fal.File
---@field end_image_url? string|fal.File

---bytedance/seedance-2.5/image-to-video
---@class fal.endpoint.bytedance.seedance_2.5.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.5.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.5.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.5.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.5.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.bytedance.seedance_2.5.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.bytedance.seedance_2.5.reference_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"21:9"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field duration? "auto"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"|11|"11"|"11s"|12|"12"|"12s"|13|"13"|"13s"|14|"14"|"14s"|15|"15"|"15s"|16|"16"|"16s"|17|"17"|"17s"|18|"18"|"18s"|19|"19"|"19s"|20|"20"|"20s"|21|"21"|"21s"|22|"22"|"22s"|23|"23"|"23s"|24|"24"|"24s"|25|"25"|"25s"|26|"26"|"26s"|27|"27"|"27s"|28|"28"|"28s"|29|"29"|"29s"|30|"30"|"30s"  [auto]
---@field resolution? "480p"|"720p"|"1080p"  [720p]
---@field generate_audio? boolean  [true]
---@field bitrate_mode? "standard"|"high"  [standard]
---@field end_user_id? string
---@field codec? "auto"|"H264"|"H265"  [auto]
---@field image_urls? (string|fal.File)[]
---@field video_urls? (string|fal.File)[]
---@field audio_urls? (string|fal.File)[]

---bytedance/seedance-2.5/reference-to-video
---@class fal.endpoint.bytedance.seedance_2.5.reference_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.5.reference_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.5.reference_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.5.reference_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.bytedance.seedance_2.5.reference_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.bytedance.seedance_2.5.reference_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.alibaba.wan_3.0.text_to_video
---@field prompt string
---@field resolution? "480p"|"720p"|"1080p"  [1080p]
---@field aspect_ratio? "adaptive"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [adaptive]
---@field duration? integer|string|fal.Null  [5]
---@field audio? boolean  [true]
---@field enable_prompt_expansion? boolean  [true]
---@field enable_thinking? boolean  [false]
---@field seed? integer
---@field enable_safety_checker? boolean  [true]

---alibaba/wan-3.0/text-to-video
---@class fal.endpoint.alibaba.wan_3.0.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.alibaba.wan_3.0.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.alibaba.wan_3.0.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.alibaba.wan_3.0.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.alibaba.wan_3.0.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.alibaba.wan_3.0.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.alibaba.wan_3.0.image_to_video
---@field prompt string
---@field resolution? "480p"|"720p"|"1080p"  [1080p]
---@field aspect_ratio? "adaptive"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [adaptive]
---@field duration? integer|string|fal.Null  [5]
---@field audio? boolean  [true]
---@field enable_prompt_expansion? boolean  [true]
---@field enable_thinking? boolean  [false]
---@field seed? integer
---@field enable_safety_checker? boolean  [true]
---@field start_image_url string|fal.File
---@field end_image_url? string|fal.File

---alibaba/wan-3.0/image-to-video
---@class fal.endpoint.alibaba.wan_3.0.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.alibaba.wan_3.0.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.alibaba.wan_3.0.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.alibaba.wan_3.0.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.alibaba.wan_3.0.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.alibaba.wan_3.0.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.wan.v2.7.text_to_video
---@field prompt string
---@field duration? integer|string  [5]
---@field resolution? "720p"|"1080p"  [1080p]
---@field aspect_ratio? "16:9"|"9:16"|"1:1"|"4:3"|"3:4"|"landscape"|"portrait"  [16:9]
---@field negative_prompt? string
---@field seed? integer
---@field audio_url? string|fal.File
---@field enable_prompt_expansion? boolean  [true]
---@field enable_safety_checker? boolean  [true]

---fal-ai/wan/v2.7/text-to-video
---@class fal.endpoint.fal_ai.wan.v2.7.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.wan.v2.7.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.wan.v2.7.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.wan.v2.7.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.wan.v2.7.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.wan.v2.7.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.wan.v2.7.image_to_video
---@field prompt? string
---@field duration? integer|string  [5]
---@field resolution? "720p"|"1080p"  [1080p]
---@field negative_prompt? string
---@field seed? integer
---@field audio_url? string|fal.File
---@field enable_prompt_expansion? boolean  [true]
---@field enable_safety_checker? boolean  [true]
---@field image_url? string|fal.File
---@field video_url? string|fal.File
---@field end_image_url? string|fal.File

---fal-ai/wan/v2.7/image-to-video
---@class fal.endpoint.fal_ai.wan.v2.7.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.wan.v2.7.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.wan.v2.7.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.wan.v2.7.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.wan.v2.7.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.wan.v2.7.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.wan.v2.7.edit_video
---@field prompt string
---@field video_url string|fal.File
---@field duration? 0|"0"|"0s"|2|"2"|"2s"|3|"3"|"3s"|4|"4"|"4s"|5|"5"|"5s"|6|"6"|"6s"|7|"7"|"7s"|8|"8"|"8s"|9|"9"|"9s"|10|"10"|"10s"  [0]
---@field resolution? "720p"|"1080p"
---@field aspect_ratio? "16:9"|"9:16"|"1:1"|"4:3"|"3:4"|"landscape"|"portrait"
---@field audio_setting? "auto"|"origin"  [auto]
---@field reference_image_url? string|fal.File
---@field seed? integer

---fal-ai/wan/v2.7/edit-video
---@class fal.endpoint.fal_ai.wan.v2.7.edit_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.wan.v2.7.edit_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.wan.v2.7.edit_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.wan.v2.7.edit_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.wan.v2.7.edit_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.wan.v2.7.edit_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.minimax.hailuo_2.3.pro.text_to_video
---@field prompt string
---@field prompt_optimizer? boolean  [true]

---fal-ai/minimax/hailuo-2.3/pro/text-to-video
---@class fal.endpoint.fal_ai.minimax.hailuo_2.3.pro.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.pro.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.pro.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.pro.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.pro.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.minimax.hailuo_2.3.pro.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.minimax.hailuo_2.3.pro.image_to_video
---@field prompt string
---@field prompt_optimizer? boolean  [true]
---@field image_url string|fal.File

---fal-ai/minimax/hailuo-2.3/pro/image-to-video
---@class fal.endpoint.fal_ai.minimax.hailuo_2.3.pro.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.pro.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.pro.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.pro.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.pro.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.minimax.hailuo_2.3.pro.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.minimax.hailuo_2.3.standard.text_to_video
---@field prompt string
---@field prompt_optimizer? boolean  [true]
---@field duration? 6|"6"|"6s"|10|"10"|"10s"  [6]

---fal-ai/minimax/hailuo-2.3/standard/text-to-video
---@class fal.endpoint.fal_ai.minimax.hailuo_2.3.standard.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.standard.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.standard.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.standard.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.standard.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.minimax.hailuo_2.3.standard.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.minimax.hailuo_2.3.standard.image_to_video
---@field prompt string
---@field prompt_optimizer? boolean  [true]
---@field duration? 6|"6"|"6s"|10|"10"|"10s"  [6]
---@field image_url string|fal.File

---fal-ai/minimax/hailuo-2.3/standard/image-to-video
---@class fal.endpoint.fal_ai.minimax.hailuo_2.3.standard.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.standard.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.standard.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.standard.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.minimax.hailuo_2.3.standard.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.minimax.hailuo_2.3.standard.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.minimax.h3.text_to_video
---@field prompt string
---@field duration? integer|string  [5]
---@field aspect_ratio? "21:9"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [16:9]
---@field resolution? "2K"  [2K]

---minimax/h3/text-to-video
---@class fal.endpoint.minimax.h3.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.minimax.h3.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.minimax.h3.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.minimax.h3.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.minimax.h3.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.minimax.h3.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.minimax.h3.image_to_video
---@field prompt string
---@field duration? integer|string  [5]
---@field resolution? "2K"  [2K]
---@field image_url string|fal.File
---@field end_image_url? string|fal.File

---minimax/h3/image-to-video
---@class fal.endpoint.minimax.h3.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.minimax.h3.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.minimax.h3.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.minimax.h3.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.minimax.h3.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.minimax.h3.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.minimax.h3_max.text_to_video
---@field prompt string
---@field duration? integer|string
---@field resolution? "480P"|"768P"|"1080P"  [768P]
---@field prompt_expansion_mode? "disabled"|"balanced"|"quality"  [balanced]
---@field seed? integer
---@field sync_mode? boolean  [false]
---@field target_audio_url? string|fal.File
---@field image_url? string|fal.File
---@field end_image_url? string|fal.File

---minimax/h3-max/text-to-video
---@class fal.endpoint.minimax.h3_max.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.minimax.h3_max.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.minimax.h3_max.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.minimax.h3_max.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.minimax.h3_max.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.minimax.h3_max.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.minimax.h3_max.image_to_video
---@field prompt string
---@field duration? integer|string
---@field resolution? "480P"|"768P"|"1080P"  [768P]
---@field prompt_expansion_mode? "disabled"|"balanced"|"quality"  [balanced]
---@field seed? integer
---@field sync_mode? boolean  [false]
---@field target_audio_url? string|fal.File
---@field image_url string|fal.File
---@field end_image_url? string|fal.File

---minimax/h3-max/image-to-video
---@class fal.endpoint.minimax.h3_max.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.minimax.h3_max.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.minimax.h3_max.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.minimax.h3_max.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.minimax.h3_max.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.minimax.h3_max.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.minimax.h3_max_turbo.text_to_video
---@field prompt string
---@field duration? integer|string
---@field resolution? "480P"|"768P"|"1080P"  [768P]
---@field prompt_expansion_mode? "disabled"|"balanced"|"quality"  [balanced]
---@field seed? integer
---@field sync_mode? boolean  [false]
---@field target_audio_url? string|fal.File
---@field image_url? string|fal.File
---@field end_image_url? string|fal.File

---minimax/h3-max-turbo/text-to-video
---@class fal.endpoint.minimax.h3_max_turbo.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.minimax.h3_max_turbo.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.minimax.h3_max_turbo.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.minimax.h3_max_turbo.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.minimax.h3_max_turbo.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.minimax.h3_max_turbo.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.minimax.h3_max_turbo.image_to_video
---@field prompt string
---@field duration? integer|string
---@field resolution? "480P"|"768P"|"1080P"  [768P]
---@field prompt_expansion_mode? "disabled"|"balanced"|"quality"  [balanced]
---@field seed? integer
---@field sync_mode? boolean  [false]
---@field target_audio_url? string|fal.File
---@field image_url string|fal.File
---@field end_image_url? string|fal.File

---minimax/h3-max-turbo/image-to-video
---@class fal.endpoint.minimax.h3_max_turbo.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.minimax.h3_max_turbo.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.minimax.h3_max_turbo.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.minimax.h3_max_turbo.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.minimax.h3_max_turbo.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.minimax.h3_max_turbo.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.ltx_2.3.text_to_video
---@field prompt string
---@field duration? 6|"6"|"6s"|8|"8"|"8s"|10|"10"|"10s"  [6]
---@field resolution? "1080p"|"1440p"|"2160p"  [1080p]
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"  [16:9]
---@field fps? 24|25|48|50  [25]
---@field generate_audio? boolean  [true]

---fal-ai/ltx-2.3/text-to-video
---@class fal.endpoint.fal_ai.ltx_2.3.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.ltx_2.3.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.ltx_2.3.text_to_video.fast
---@field prompt string
---@field duration? 6|"6"|"6s"|8|"8"|"8s"|10|"10"|"10s"|12|"12"|"12s"|14|"14"|"14s"|16|"16"|"16s"|18|"18"|"18s"|20|"20"|"20s"  [6]
---@field resolution? "1080p"|"1440p"|"2160p"  [1080p]
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"  [16:9]
---@field fps? 24|25|48|50  [25]
---@field generate_audio? boolean  [true]

---fal-ai/ltx-2.3/text-to-video/fast
---@class fal.endpoint.fal_ai.ltx_2.3.text_to_video.fast : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.text_to_video.fast, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.text_to_video.fast, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.text_to_video.fast, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.text_to_video.fast, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.ltx_2.3.text_to_video.fast, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.ltx_2.3.image_to_video
---@field prompt string
---@field duration? 6|"6"|"6s"|8|"8"|"8s"|10|"10"|"10s"  [6]
---@field resolution? "1080p"|"1440p"|"2160p"  [1080p]
---@field aspect_ratio? "auto"|"16:9"|"9:16"|"landscape"|"portrait"  [auto]
---@field fps? 24|25|48|50  [25]
---@field generate_audio? boolean  [true]
---@field image_url string|fal.File
---@field end_image_url? string|fal.File

---fal-ai/ltx-2.3/image-to-video
---@class fal.endpoint.fal_ai.ltx_2.3.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.ltx_2.3.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.ltx_2.3.image_to_video.fast
---@field prompt string
---@field duration? 6|"6"|"6s"|8|"8"|"8s"|10|"10"|"10s"|12|"12"|"12s"|14|"14"|"14s"|16|"16"|"16s"|18|"18"|"18s"|20|"20"|"20s"  [6]
---@field resolution? "1080p"|"1440p"|"2160p"  [1080p]
---@field aspect_ratio? "auto"|"16:9"|"9:16"|"landscape"|"portrait"  [auto]
---@field fps? 24|25|48|50  [25]
---@field generate_audio? boolean  [true]
---@field image_url string|fal.File
---@field end_image_url? string|fal.File

---fal-ai/ltx-2.3/image-to-video/fast
---@class fal.endpoint.fal_ai.ltx_2.3.image_to_video.fast : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.image_to_video.fast, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.image_to_video.fast, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.image_to_video.fast, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.image_to_video.fast, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.ltx_2.3.image_to_video.fast, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.ltx_2.3.extend_video
---@field video_url string|fal.File
---@field prompt? string
---@field duration? number|string  [5]
---@field mode? "start"|"end"  [end]
---@field context? number

---fal-ai/ltx-2.3/extend-video
---@class fal.endpoint.fal_ai.ltx_2.3.extend_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.extend_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.extend_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.extend_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.extend_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.ltx_2.3.extend_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.ltx_2.3.retake_video
---@field video_url string|fal.File
---@field prompt string
---@field start_time? number|string
---@field duration? number|string
---@field retake_mode? string

---fal-ai/ltx-2.3/retake-video
---@class fal.endpoint.fal_ai.ltx_2.3.retake_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.retake_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.retake_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.retake_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.ltx_2.3.retake_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.ltx_2.3.retake_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.lightricks.ltx_2.5.text_to_video.pro
---@field prompt string
---@field duration? 6|"6"|"6s"|8|"8"|"8s"|10|"10"|"10s"|"auto"  [auto]
---@field resolution? "720p"|"1080p"  [1080p]
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"  [16:9]
---@field fps? 24|25|50  [25]
---@field generate_audio? boolean  [true]
---@field camera_motion? string

---lightricks/ltx-2.5/text-to-video/pro
---@class fal.endpoint.lightricks.ltx_2.5.text_to_video.pro : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.lightricks.ltx_2.5.text_to_video.pro, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.lightricks.ltx_2.5.text_to_video.pro, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.lightricks.ltx_2.5.text_to_video.pro, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.lightricks.ltx_2.5.text_to_video.pro, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.lightricks.ltx_2.5.text_to_video.pro, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.lightricks.ltx_2.5.text_to_video.fast
---@field prompt string
---@field duration? 6|"6"|"6s"|8|"8"|"8s"|10|"10"|"10s"|"auto"  [auto]
---@field resolution? "720p"|"1080p"|"1440p"|"2160p"  [1080p]
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"  [16:9]
---@field fps? 24|25|50  [25]
---@field generate_audio? boolean  [true]
---@field camera_motion? string

---lightricks/ltx-2.5/text-to-video/fast
---@class fal.endpoint.lightricks.ltx_2.5.text_to_video.fast : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.lightricks.ltx_2.5.text_to_video.fast, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.lightricks.ltx_2.5.text_to_video.fast, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.lightricks.ltx_2.5.text_to_video.fast, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.lightricks.ltx_2.5.text_to_video.fast, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.lightricks.ltx_2.5.text_to_video.fast, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.xai.grok_imagine_video.text_to_video
---@field prompt string
---@field duration? integer|string  [6]
---@field aspect_ratio? "16:9"|"4:3"|"3:2"|"1:1"|"2:3"|"3:4"|"9:16"|"landscape"|"portrait"  [16:9]
---@field resolution? "480p"|"720p"  [720p]

---xai/grok-imagine-video/text-to-video
---@class fal.endpoint.xai.grok_imagine_video.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.xai.grok_imagine_video.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.xai.grok_imagine_video.image_to_video
---@field prompt string
---@field duration? integer|string  [6]
---@field aspect_ratio? "auto"|"16:9"|"4:3"|"3:2"|"1:1"|"2:3"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field resolution? "480p"|"720p"  [720p]
---@field image_url string|fal.File

---xai/grok-imagine-video/image-to-video
---@class fal.endpoint.xai.grok_imagine_video.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.xai.grok_imagine_video.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.xai.grok_imagine_video.v1.5.text_to_video
---@field prompt string
---@field duration? integer|string  [6]
---@field aspect_ratio? "16:9"|"4:3"|"3:2"|"1:1"|"2:3"|"3:4"|"9:16"|"landscape"|"portrait"  [16:9]
---@field resolution? "480p"|"720p"|"1080p"  [720p]

---xai/grok-imagine-video/v1.5/text-to-video
---@class fal.endpoint.xai.grok_imagine_video.v1.5.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.v1.5.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.v1.5.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.v1.5.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.v1.5.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.xai.grok_imagine_video.v1.5.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.xai.grok_imagine_video.v1.5.image_to_video
---@field prompt string
---@field duration? integer|string  [6]
---@field aspect_ratio? "auto"|"16:9"|"4:3"|"3:2"|"1:1"|"2:3"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field resolution? "480p"|"720p"|"1080p"  [720p]
---@field image_url string|fal.File

---xai/grok-imagine-video/v1.5/image-to-video
---@class fal.endpoint.xai.grok_imagine_video.v1.5.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.v1.5.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.v1.5.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.v1.5.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.v1.5.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.xai.grok_imagine_video.v1.5.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.xai.grok_imagine_video.extend_video
---@field prompt string
---@field video_url string|fal.File
---@field duration? integer|string  [6]

---xai/grok-imagine-video/extend-video
---@class fal.endpoint.xai.grok_imagine_video.extend_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.extend_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.extend_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.extend_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.extend_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.xai.grok_imagine_video.extend_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.xai.grok_imagine_video.edit_video
---@field prompt string
---@field video_url string|fal.File
---@field resolution? "auto"|"480p"|"720p"  [auto]

---xai/grok-imagine-video/edit-video
---@class fal.endpoint.xai.grok_imagine_video.edit_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.edit_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.edit_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.edit_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.xai.grok_imagine_video.edit_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.xai.grok_imagine_video.edit_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.alibaba.happy_horse.v1.1.text_to_video
---@field prompt string
---@field duration? integer|string  [5]
---@field resolution? "720p"|"1080p"  [1080p]
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"|string
---@field seed? integer
---@field enable_safety_checker? boolean

---alibaba/happy-horse/v1.1/text-to-video
---@class fal.endpoint.alibaba.happy_horse.v1.1.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.alibaba.happy_horse.v1.1.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.alibaba.happy_horse.v1.1.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.alibaba.happy_horse.v1.1.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.alibaba.happy_horse.v1.1.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.alibaba.happy_horse.v1.1.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.alibaba.happy_horse.v1.1.image_to_video
---@field image_url string|fal.File
---@field prompt? string
---@field duration? integer|string  [5]
---@field resolution? "720p"|"1080p"  [1080p]
---@field seed? integer

---alibaba/happy-horse/v1.1/image-to-video
---@class fal.endpoint.alibaba.happy_horse.v1.1.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.alibaba.happy_horse.v1.1.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.alibaba.happy_horse.v1.1.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.alibaba.happy_horse.v1.1.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.alibaba.happy_horse.v1.1.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.alibaba.happy_horse.v1.1.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.alibaba.happy_horse.video_edit
---@field prompt string
---@field video_url string|fal.File

---alibaba/happy-horse/video-edit
---@class fal.endpoint.alibaba.happy_horse.video_edit : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.alibaba.happy_horse.video_edit, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.alibaba.happy_horse.video_edit, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.alibaba.happy_horse.video_edit, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.alibaba.happy_horse.video_edit, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.alibaba.happy_horse.video_edit, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.google.gemini_omni_flash
---@field prompt string
---@field duration? integer|string  [8]
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"  [16:9]

---google/gemini-omni-flash
---@class fal.endpoint.google.gemini_omni_flash : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.google.gemini_omni_flash, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.google.gemini_omni_flash.image_to_video
---@field prompt string
---@field duration? integer|string  [8]
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"  [16:9]
---@field image_url string|fal.File

---google/gemini-omni-flash/image-to-video
---@class fal.endpoint.google.gemini_omni_flash.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.google.gemini_omni_flash.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.google.gemini_omni_flash.v1.1.text_to_video
---@field prompt string
---@field duration? integer|string  [8]
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"  [16:9]
---@field resolution? "360p"|"720p"|"1080p"|"4k"  [720p]

---google/gemini-omni-flash/v1.1/text-to-video
---@class fal.endpoint.google.gemini_omni_flash.v1.1.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.v1.1.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.v1.1.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.v1.1.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.v1.1.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.google.gemini_omni_flash.v1.1.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.google.gemini_omni_flash.v1.1.image_to_video
---@field prompt string
---@field duration? integer|string  [8]
---@field aspect_ratio? "16:9"|"9:16"|"landscape"|"portrait"  [16:9]
---@field resolution? "360p"|"720p"|"1080p"|"4k"  [720p]
---@field image_url string|fal.File

---google/gemini-omni-flash/v1.1/image-to-video
---@class fal.endpoint.google.gemini_omni_flash.v1.1.image_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.v1.1.image_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.v1.1.image_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.v1.1.image_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.v1.1.image_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.google.gemini_omni_flash.v1.1.image_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.google.gemini_omni_flash.edit
---@field prompt string
---@field video_url string|fal.File

---google/gemini-omni-flash/edit
---@class fal.endpoint.google.gemini_omni_flash.edit : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.edit, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.edit, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.edit, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.google.gemini_omni_flash.edit, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.google.gemini_omni_flash.edit, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.blackforestlabs.flux_3.text_to_video
---@field prompt string
---@field aspect_ratio? "auto"|"21:9"|"2:1"|"16:9"|"4:3"|"1:1"|"3:4"|"9:16"|"landscape"|"portrait"  [auto]
---@field resolution? "720p"|"1080p"  [720p]
---@field duration? integer|string  [auto]
---@field generate_audio? boolean  [true]
---@field safety_tolerance? integer  [2]

---blackforestlabs/flux-3/text-to-video
---@class fal.endpoint.blackforestlabs.flux_3.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.blackforestlabs.flux_3.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.blackforestlabs.flux_3.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.blackforestlabs.flux_3.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.blackforestlabs.flux_3.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.blackforestlabs.flux_3.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.blackforestlabs.flux_3.extend_video
---@field prompt? string
---@field video_url string|fal.File

---blackforestlabs/flux-3/extend-video
---@class fal.endpoint.blackforestlabs.flux_3.extend_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.blackforestlabs.flux_3.extend_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.blackforestlabs.flux_3.extend_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.blackforestlabs.flux_3.extend_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.blackforestlabs.flux_3.extend_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.blackforestlabs.flux_3.extend_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.luma.agent.ray.v3.2.text_to_video
---@field prompt string
---@field duration? 5|"5"|"5s"|10|"10"|"10s"  [5s]
---@field resolution? "540p"|"720p"|"1080p"  [540p]
---@field aspect_ratio? string
---@field loop? boolean
---@field hdr? boolean
---@field exr_export? boolean

---luma/agent/ray/v3.2/text-to-video
---@class fal.endpoint.luma.agent.ray.v3.2.text_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.luma.agent.ray.v3.2.text_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.luma.agent.ray.v3.2.text_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.luma.agent.ray.v3.2.text_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.luma.agent.ray.v3.2.text_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.luma.agent.ray.v3.2.text_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.luma.agent.ray.v3.2.video_to_video
---@field prompt string
---@field video_url string|fal.File

---luma/agent/ray/v3.2/video-to-video
---@class fal.endpoint.luma.agent.ray.v3.2.video_to_video : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.luma.agent.ray.v3.2.video_to_video, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.luma.agent.ray.v3.2.video_to_video, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.luma.agent.ray.v3.2.video_to_video, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.luma.agent.ray.v3.2.video_to_video, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.luma.agent.ray.v3.2.video_to_video, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.input.fal_ai.pixverse.v6.extend
---@field prompt string
---@field video_url string|fal.File
---@field duration? integer|string
---@field generate_audio_switch? boolean

---fal-ai/pixverse/v6/extend
---@class fal.endpoint.fal_ai.pixverse.v6.extend : fal.Endpoint
---@field submit fun(self: fal.Endpoint, input: fal.input.fal_ai.pixverse.v6.extend, opts?: fal.JobOptions): fal.Job?, fal.Error?
---@field validate fun(self: fal.Endpoint, input: fal.input.fal_ai.pixverse.v6.extend, opts?: fal.ValidateOptions): table?, fal.Error?
---@field estimate fun(self: fal.Endpoint, input: fal.input.fal_ai.pixverse.v6.extend, opts?: fal.ValidateOptions): number?, fal.Error?
---@field warnings fun(self: fal.Endpoint, input: fal.input.fal_ai.pixverse.v6.extend, opts?: fal.ValidateOptions): string[]?, fal.Error?
---@overload fun(input: fal.input.fal_ai.pixverse.v6.extend, opts?: fal.CallOptions): fal.Clip?, fal.Job|fal.Error

---@class fal.Client
local Client = {}

---The endpoint object of a built-in validation table.
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/sora-2/text-to-video"): fal.endpoint.fal_ai.sora_2.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/sora-2/image-to-video"): fal.endpoint.fal_ai.sora_2.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/sora-2/text-to-video/pro"): fal.endpoint.fal_ai.sora_2.text_to_video.pro?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/sora-2/image-to-video/pro"): fal.endpoint.fal_ai.sora_2.image_to_video.pro?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/sora-2/video-to-video/remix"): fal.endpoint.fal_ai.sora_2.video_to_video.remix?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/sora-2/characters"): fal.endpoint.fal_ai.sora_2.characters?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/veo3.1"): fal.endpoint.fal_ai.veo3.1?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/veo3.1/fast"): fal.endpoint.fal_ai.veo3.1.fast?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/veo3.1/image-to-video"): fal.endpoint.fal_ai.veo3.1.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/veo3.1/fast/image-to-video"): fal.endpoint.fal_ai.veo3.1.fast.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/veo3.1/first-last-frame-to-video"): fal.endpoint.fal_ai.veo3.1.first_last_frame_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/veo3.1/reference-to-video"): fal.endpoint.fal_ai.veo3.1.reference_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/veo3.1/extend-video"): fal.endpoint.fal_ai.veo3.1.extend_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/veo3.1/fast/extend-video"): fal.endpoint.fal_ai.veo3.1.fast.extend_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/veo3.1/lite"): fal.endpoint.fal_ai.veo3.1.lite?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/veo3.1/lite/image-to-video"): fal.endpoint.fal_ai.veo3.1.lite.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/veo3.1/lite/first-last-frame-to-video"): fal.endpoint.fal_ai.veo3.1.lite.first_last_frame_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/v3/standard/text-to-video"): fal.endpoint.fal_ai.kling_video.v3.standard.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/v3/standard/image-to-video"): fal.endpoint.fal_ai.kling_video.v3.standard.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/o3/standard/text-to-video"): fal.endpoint.fal_ai.kling_video.o3.standard.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/o3/standard/image-to-video"): fal.endpoint.fal_ai.kling_video.o3.standard.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/v3/pro/text-to-video"): fal.endpoint.fal_ai.kling_video.v3.pro.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/v3/pro/image-to-video"): fal.endpoint.fal_ai.kling_video.v3.pro.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/o3/pro/text-to-video"): fal.endpoint.fal_ai.kling_video.o3.pro.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/o3/pro/image-to-video"): fal.endpoint.fal_ai.kling_video.o3.pro.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/v3/4k/text-to-video"): fal.endpoint.fal_ai.kling_video.v3.4k.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/v3/4k/image-to-video"): fal.endpoint.fal_ai.kling_video.v3.4k.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/o3/4k/text-to-video"): fal.endpoint.fal_ai.kling_video.o3.4k.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/o3/4k/image-to-video"): fal.endpoint.fal_ai.kling_video.o3.4k.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/v3/turbo/standard/text-to-video"): fal.endpoint.fal_ai.kling_video.v3.turbo.standard.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/v3/turbo/standard/image-to-video"): fal.endpoint.fal_ai.kling_video.v3.turbo.standard.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/o3/standard/video-to-video/edit"): fal.endpoint.fal_ai.kling_video.o3.standard.video_to_video.edit?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/o3/standard/video-to-video/reference"): fal.endpoint.fal_ai.kling_video.o3.standard.video_to_video.reference?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/v3/turbo/pro/text-to-video"): fal.endpoint.fal_ai.kling_video.v3.turbo.pro.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/v3/turbo/pro/image-to-video"): fal.endpoint.fal_ai.kling_video.v3.turbo.pro.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/o3/pro/video-to-video/edit"): fal.endpoint.fal_ai.kling_video.o3.pro.video_to_video.edit?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/kling-video/o3/pro/video-to-video/reference"): fal.endpoint.fal_ai.kling_video.o3.pro.video_to_video.reference?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "bytedance/seedance-2.0/text-to-video"): fal.endpoint.bytedance.seedance_2.0.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "bytedance/seedance-2.0/image-to-video"): fal.endpoint.bytedance.seedance_2.0.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "bytedance/seedance-2.0/reference-to-video"): fal.endpoint.bytedance.seedance_2.0.reference_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "bytedance/seedance-2.0/fast/text-to-video"): fal.endpoint.bytedance.seedance_2.0.fast.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "bytedance/seedance-2.0/fast/image-to-video"): fal.endpoint.bytedance.seedance_2.0.fast.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "bytedance/seedance-2.0/fast/reference-to-video"): fal.endpoint.bytedance.seedance_2.0.fast.reference_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "bytedance/seedance-2.0/mini/text-to-video"): fal.endpoint.bytedance.seedance_2.0.mini.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "bytedance/seedance-2.0/mini/image-to-video"): fal.endpoint.bytedance.seedance_2.0.mini.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "bytedance/seedance-2.0/mini/reference-to-video"): fal.endpoint.bytedance.seedance_2.0.mini.reference_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "bytedance/seedance-2.5/text-to-video"): fal.endpoint.bytedance.seedance_2.5.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "bytedance/seedance-2.5/image-to-video"): fal.endpoint.bytedance.seedance_2.5.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "bytedance/seedance-2.5/reference-to-video"): fal.endpoint.bytedance.seedance_2.5.reference_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "alibaba/wan-3.0/text-to-video"): fal.endpoint.alibaba.wan_3.0.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "alibaba/wan-3.0/image-to-video"): fal.endpoint.alibaba.wan_3.0.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/wan/v2.7/text-to-video"): fal.endpoint.fal_ai.wan.v2.7.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/wan/v2.7/image-to-video"): fal.endpoint.fal_ai.wan.v2.7.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/wan/v2.7/edit-video"): fal.endpoint.fal_ai.wan.v2.7.edit_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/minimax/hailuo-2.3/pro/text-to-video"): fal.endpoint.fal_ai.minimax.hailuo_2.3.pro.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/minimax/hailuo-2.3/pro/image-to-video"): fal.endpoint.fal_ai.minimax.hailuo_2.3.pro.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/minimax/hailuo-2.3/standard/text-to-video"): fal.endpoint.fal_ai.minimax.hailuo_2.3.standard.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/minimax/hailuo-2.3/standard/image-to-video"): fal.endpoint.fal_ai.minimax.hailuo_2.3.standard.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "minimax/h3/text-to-video"): fal.endpoint.minimax.h3.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "minimax/h3/image-to-video"): fal.endpoint.minimax.h3.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "minimax/h3-max/text-to-video"): fal.endpoint.minimax.h3_max.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "minimax/h3-max/image-to-video"): fal.endpoint.minimax.h3_max.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "minimax/h3-max-turbo/text-to-video"): fal.endpoint.minimax.h3_max_turbo.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "minimax/h3-max-turbo/image-to-video"): fal.endpoint.minimax.h3_max_turbo.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/ltx-2.3/text-to-video"): fal.endpoint.fal_ai.ltx_2.3.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/ltx-2.3/text-to-video/fast"): fal.endpoint.fal_ai.ltx_2.3.text_to_video.fast?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/ltx-2.3/image-to-video"): fal.endpoint.fal_ai.ltx_2.3.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/ltx-2.3/image-to-video/fast"): fal.endpoint.fal_ai.ltx_2.3.image_to_video.fast?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/ltx-2.3/extend-video"): fal.endpoint.fal_ai.ltx_2.3.extend_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/ltx-2.3/retake-video"): fal.endpoint.fal_ai.ltx_2.3.retake_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "lightricks/ltx-2.5/text-to-video/pro"): fal.endpoint.lightricks.ltx_2.5.text_to_video.pro?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "lightricks/ltx-2.5/text-to-video/fast"): fal.endpoint.lightricks.ltx_2.5.text_to_video.fast?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "xai/grok-imagine-video/text-to-video"): fal.endpoint.xai.grok_imagine_video.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "xai/grok-imagine-video/image-to-video"): fal.endpoint.xai.grok_imagine_video.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "xai/grok-imagine-video/v1.5/text-to-video"): fal.endpoint.xai.grok_imagine_video.v1.5.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "xai/grok-imagine-video/v1.5/image-to-video"): fal.endpoint.xai.grok_imagine_video.v1.5.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "xai/grok-imagine-video/extend-video"): fal.endpoint.xai.grok_imagine_video.extend_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "xai/grok-imagine-video/edit-video"): fal.endpoint.xai.grok_imagine_video.edit_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "alibaba/happy-horse/v1.1/text-to-video"): fal.endpoint.alibaba.happy_horse.v1.1.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "alibaba/happy-horse/v1.1/image-to-video"): fal.endpoint.alibaba.happy_horse.v1.1.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "alibaba/happy-horse/video-edit"): fal.endpoint.alibaba.happy_horse.video_edit?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "google/gemini-omni-flash"): fal.endpoint.google.gemini_omni_flash?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "google/gemini-omni-flash/image-to-video"): fal.endpoint.google.gemini_omni_flash.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "google/gemini-omni-flash/v1.1/text-to-video"): fal.endpoint.google.gemini_omni_flash.v1.1.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "google/gemini-omni-flash/v1.1/image-to-video"): fal.endpoint.google.gemini_omni_flash.v1.1.image_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "google/gemini-omni-flash/edit"): fal.endpoint.google.gemini_omni_flash.edit?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "blackforestlabs/flux-3/text-to-video"): fal.endpoint.blackforestlabs.flux_3.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "blackforestlabs/flux-3/extend-video"): fal.endpoint.blackforestlabs.flux_3.extend_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "luma/agent/ray/v3.2/text-to-video"): fal.endpoint.luma.agent.ray.v3.2.text_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "luma/agent/ray/v3.2/video-to-video"): fal.endpoint.luma.agent.ray.v3.2.video_to_video?, fal.Error?
---@overload fun(self: fal.Client, endpoint_id: "fal-ai/pixverse/v6/extend"): fal.endpoint.fal_ai.pixverse.v6.extend?, fal.Error?
---@param endpoint_id string
---@return fal.endpoint.any? endpoint
---@return fal.Error? err   kind not_found: there is no table for it
function Client:endpoint(endpoint_id) end

---@class fal
local fal = {}

---The endpoint object of a built-in validation table.
---@overload fun(endpoint_id: "fal-ai/sora-2/text-to-video"): fal.endpoint.fal_ai.sora_2.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/sora-2/image-to-video"): fal.endpoint.fal_ai.sora_2.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/sora-2/text-to-video/pro"): fal.endpoint.fal_ai.sora_2.text_to_video.pro?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/sora-2/image-to-video/pro"): fal.endpoint.fal_ai.sora_2.image_to_video.pro?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/sora-2/video-to-video/remix"): fal.endpoint.fal_ai.sora_2.video_to_video.remix?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/sora-2/characters"): fal.endpoint.fal_ai.sora_2.characters?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/veo3.1"): fal.endpoint.fal_ai.veo3.1?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/veo3.1/fast"): fal.endpoint.fal_ai.veo3.1.fast?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/veo3.1/image-to-video"): fal.endpoint.fal_ai.veo3.1.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/veo3.1/fast/image-to-video"): fal.endpoint.fal_ai.veo3.1.fast.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/veo3.1/first-last-frame-to-video"): fal.endpoint.fal_ai.veo3.1.first_last_frame_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/veo3.1/reference-to-video"): fal.endpoint.fal_ai.veo3.1.reference_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/veo3.1/extend-video"): fal.endpoint.fal_ai.veo3.1.extend_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/veo3.1/fast/extend-video"): fal.endpoint.fal_ai.veo3.1.fast.extend_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/veo3.1/lite"): fal.endpoint.fal_ai.veo3.1.lite?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/veo3.1/lite/image-to-video"): fal.endpoint.fal_ai.veo3.1.lite.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/veo3.1/lite/first-last-frame-to-video"): fal.endpoint.fal_ai.veo3.1.lite.first_last_frame_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/v3/standard/text-to-video"): fal.endpoint.fal_ai.kling_video.v3.standard.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/v3/standard/image-to-video"): fal.endpoint.fal_ai.kling_video.v3.standard.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/o3/standard/text-to-video"): fal.endpoint.fal_ai.kling_video.o3.standard.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/o3/standard/image-to-video"): fal.endpoint.fal_ai.kling_video.o3.standard.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/v3/pro/text-to-video"): fal.endpoint.fal_ai.kling_video.v3.pro.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/v3/pro/image-to-video"): fal.endpoint.fal_ai.kling_video.v3.pro.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/o3/pro/text-to-video"): fal.endpoint.fal_ai.kling_video.o3.pro.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/o3/pro/image-to-video"): fal.endpoint.fal_ai.kling_video.o3.pro.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/v3/4k/text-to-video"): fal.endpoint.fal_ai.kling_video.v3.4k.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/v3/4k/image-to-video"): fal.endpoint.fal_ai.kling_video.v3.4k.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/o3/4k/text-to-video"): fal.endpoint.fal_ai.kling_video.o3.4k.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/o3/4k/image-to-video"): fal.endpoint.fal_ai.kling_video.o3.4k.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/v3/turbo/standard/text-to-video"): fal.endpoint.fal_ai.kling_video.v3.turbo.standard.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/v3/turbo/standard/image-to-video"): fal.endpoint.fal_ai.kling_video.v3.turbo.standard.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/o3/standard/video-to-video/edit"): fal.endpoint.fal_ai.kling_video.o3.standard.video_to_video.edit?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/o3/standard/video-to-video/reference"): fal.endpoint.fal_ai.kling_video.o3.standard.video_to_video.reference?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/v3/turbo/pro/text-to-video"): fal.endpoint.fal_ai.kling_video.v3.turbo.pro.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/v3/turbo/pro/image-to-video"): fal.endpoint.fal_ai.kling_video.v3.turbo.pro.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/o3/pro/video-to-video/edit"): fal.endpoint.fal_ai.kling_video.o3.pro.video_to_video.edit?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/kling-video/o3/pro/video-to-video/reference"): fal.endpoint.fal_ai.kling_video.o3.pro.video_to_video.reference?, fal.Error?
---@overload fun(endpoint_id: "bytedance/seedance-2.0/text-to-video"): fal.endpoint.bytedance.seedance_2.0.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "bytedance/seedance-2.0/image-to-video"): fal.endpoint.bytedance.seedance_2.0.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "bytedance/seedance-2.0/reference-to-video"): fal.endpoint.bytedance.seedance_2.0.reference_to_video?, fal.Error?
---@overload fun(endpoint_id: "bytedance/seedance-2.0/fast/text-to-video"): fal.endpoint.bytedance.seedance_2.0.fast.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "bytedance/seedance-2.0/fast/image-to-video"): fal.endpoint.bytedance.seedance_2.0.fast.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "bytedance/seedance-2.0/fast/reference-to-video"): fal.endpoint.bytedance.seedance_2.0.fast.reference_to_video?, fal.Error?
---@overload fun(endpoint_id: "bytedance/seedance-2.0/mini/text-to-video"): fal.endpoint.bytedance.seedance_2.0.mini.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "bytedance/seedance-2.0/mini/image-to-video"): fal.endpoint.bytedance.seedance_2.0.mini.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "bytedance/seedance-2.0/mini/reference-to-video"): fal.endpoint.bytedance.seedance_2.0.mini.reference_to_video?, fal.Error?
---@overload fun(endpoint_id: "bytedance/seedance-2.5/text-to-video"): fal.endpoint.bytedance.seedance_2.5.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "bytedance/seedance-2.5/image-to-video"): fal.endpoint.bytedance.seedance_2.5.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "bytedance/seedance-2.5/reference-to-video"): fal.endpoint.bytedance.seedance_2.5.reference_to_video?, fal.Error?
---@overload fun(endpoint_id: "alibaba/wan-3.0/text-to-video"): fal.endpoint.alibaba.wan_3.0.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "alibaba/wan-3.0/image-to-video"): fal.endpoint.alibaba.wan_3.0.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/wan/v2.7/text-to-video"): fal.endpoint.fal_ai.wan.v2.7.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/wan/v2.7/image-to-video"): fal.endpoint.fal_ai.wan.v2.7.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/wan/v2.7/edit-video"): fal.endpoint.fal_ai.wan.v2.7.edit_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/minimax/hailuo-2.3/pro/text-to-video"): fal.endpoint.fal_ai.minimax.hailuo_2.3.pro.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/minimax/hailuo-2.3/pro/image-to-video"): fal.endpoint.fal_ai.minimax.hailuo_2.3.pro.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/minimax/hailuo-2.3/standard/text-to-video"): fal.endpoint.fal_ai.minimax.hailuo_2.3.standard.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/minimax/hailuo-2.3/standard/image-to-video"): fal.endpoint.fal_ai.minimax.hailuo_2.3.standard.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "minimax/h3/text-to-video"): fal.endpoint.minimax.h3.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "minimax/h3/image-to-video"): fal.endpoint.minimax.h3.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "minimax/h3-max/text-to-video"): fal.endpoint.minimax.h3_max.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "minimax/h3-max/image-to-video"): fal.endpoint.minimax.h3_max.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "minimax/h3-max-turbo/text-to-video"): fal.endpoint.minimax.h3_max_turbo.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "minimax/h3-max-turbo/image-to-video"): fal.endpoint.minimax.h3_max_turbo.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/ltx-2.3/text-to-video"): fal.endpoint.fal_ai.ltx_2.3.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/ltx-2.3/text-to-video/fast"): fal.endpoint.fal_ai.ltx_2.3.text_to_video.fast?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/ltx-2.3/image-to-video"): fal.endpoint.fal_ai.ltx_2.3.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/ltx-2.3/image-to-video/fast"): fal.endpoint.fal_ai.ltx_2.3.image_to_video.fast?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/ltx-2.3/extend-video"): fal.endpoint.fal_ai.ltx_2.3.extend_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/ltx-2.3/retake-video"): fal.endpoint.fal_ai.ltx_2.3.retake_video?, fal.Error?
---@overload fun(endpoint_id: "lightricks/ltx-2.5/text-to-video/pro"): fal.endpoint.lightricks.ltx_2.5.text_to_video.pro?, fal.Error?
---@overload fun(endpoint_id: "lightricks/ltx-2.5/text-to-video/fast"): fal.endpoint.lightricks.ltx_2.5.text_to_video.fast?, fal.Error?
---@overload fun(endpoint_id: "xai/grok-imagine-video/text-to-video"): fal.endpoint.xai.grok_imagine_video.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "xai/grok-imagine-video/image-to-video"): fal.endpoint.xai.grok_imagine_video.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "xai/grok-imagine-video/v1.5/text-to-video"): fal.endpoint.xai.grok_imagine_video.v1.5.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "xai/grok-imagine-video/v1.5/image-to-video"): fal.endpoint.xai.grok_imagine_video.v1.5.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "xai/grok-imagine-video/extend-video"): fal.endpoint.xai.grok_imagine_video.extend_video?, fal.Error?
---@overload fun(endpoint_id: "xai/grok-imagine-video/edit-video"): fal.endpoint.xai.grok_imagine_video.edit_video?, fal.Error?
---@overload fun(endpoint_id: "alibaba/happy-horse/v1.1/text-to-video"): fal.endpoint.alibaba.happy_horse.v1.1.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "alibaba/happy-horse/v1.1/image-to-video"): fal.endpoint.alibaba.happy_horse.v1.1.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "alibaba/happy-horse/video-edit"): fal.endpoint.alibaba.happy_horse.video_edit?, fal.Error?
---@overload fun(endpoint_id: "google/gemini-omni-flash"): fal.endpoint.google.gemini_omni_flash?, fal.Error?
---@overload fun(endpoint_id: "google/gemini-omni-flash/image-to-video"): fal.endpoint.google.gemini_omni_flash.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "google/gemini-omni-flash/v1.1/text-to-video"): fal.endpoint.google.gemini_omni_flash.v1.1.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "google/gemini-omni-flash/v1.1/image-to-video"): fal.endpoint.google.gemini_omni_flash.v1.1.image_to_video?, fal.Error?
---@overload fun(endpoint_id: "google/gemini-omni-flash/edit"): fal.endpoint.google.gemini_omni_flash.edit?, fal.Error?
---@overload fun(endpoint_id: "blackforestlabs/flux-3/text-to-video"): fal.endpoint.blackforestlabs.flux_3.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "blackforestlabs/flux-3/extend-video"): fal.endpoint.blackforestlabs.flux_3.extend_video?, fal.Error?
---@overload fun(endpoint_id: "luma/agent/ray/v3.2/text-to-video"): fal.endpoint.luma.agent.ray.v3.2.text_to_video?, fal.Error?
---@overload fun(endpoint_id: "luma/agent/ray/v3.2/video-to-video"): fal.endpoint.luma.agent.ray.v3.2.video_to_video?, fal.Error?
---@overload fun(endpoint_id: "fal-ai/pixverse/v6/extend"): fal.endpoint.fal_ai.pixverse.v6.extend?, fal.Error?
---@param endpoint_id string
---@return fal.endpoint.any? endpoint
---@return fal.Error? err   kind not_found: there is no table for it
function fal.endpoint(endpoint_id) end
