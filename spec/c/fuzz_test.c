/* Hostile bytes into the parsers: the stream parser, the answer's headers and body, and
 * URLs told by a server. `make test` feeds mutations of good input from a fixed seed; with
 * clang, -DLIBFUZZER -fsanitize=fuzzer,address,undefined makes a libFuzzer target of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "check.h"
#include "sse.h"
#include "url.h"

static bool swallow(void *context, const char *data, size_t len, const char *name) {
  size_t *sum = context;

  *sum += len + strlen(name) + (len ? (size_t)(unsigned char)data[len - 1] : 0);
  return true;
}

/* Cut in two places or byte by byte, a stream must give the same events. */
static bool sse_is_cut_proof(const char *bytes, size_t len, size_t cut) {
  size_t whole = 0, pieces = 0;
  struct sse a, b;
  bool fed_a, fed_b;

  sse_init(&a, 256, swallow, &whole);
  sse_init(&b, 256, swallow, &pieces);
  fed_a = sse_feed(&a, bytes, len);
  fed_b = sse_feed(&b, bytes, cut) && sse_feed(&b, bytes + cut, len - cut);
  sse_free(&a);
  sse_free(&b);
  return fed_a == fed_b && whole == pieces;
}

/* Lines up to the first empty one are headers, the rest is body. */
static bool answer_stays_within_bounds(const char *bytes, size_t len) {
  struct answer_plan plan = {HEADS_OWN, 128, true, NULL, false, -1};
  struct answer a;
  bool within;

  answer_init(&a, &plan);
  while (len > 0) {
    const char *end = memchr(bytes, '\n', len);
    size_t line = end ? (size_t)(end - bytes) + 1 : len;

    if (!answer_header(&a, bytes, line)) break;
    bytes += line;
    len -= line;
    if (line <= 2) break;
  }
  (void)answer_value(&a, "x-fal-request-id");
  if (len > 0) (void)answer_body(&a, bytes, len);
  (void)answer_complete(&a);
  within = a.sink.memory.len <= 128 && a.head.len <= (64u << 10);
  answer_free(&a);
  return within;
}

/* What is escaped must be harmless, and what is trusted must have been under its base. */
static bool urls_are_safe(const char *text) {
  struct buf b;
  bool safe;

  buf_init(&b, 4096);
  (void)url_escape(&b, text);
  safe = strpbrk(buf_str(&b), "/?# \r\n\\") == NULL;
  buf_free(&b);
  if (url_is_id(text)) safe = safe && !strstr(text, "..//") && !strpbrk(text, "?#% \r\n");
  if (url_names_request(text, "id-1")) safe = safe && !strpbrk(text, " \r\n@#");
  return safe && !(url_is_below("https://q", text) && text[9] && !strchr("/?", text[9]));
}

static bool one(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  bool ok;

  if (!text) return true;
  memcpy(text, data, size);
  text[size] = '\0';
  ok = sse_is_cut_proof(text, size, size ? data[0] % (size + 1) : 0) &&
       answer_stays_within_bounds(text, size) && urls_are_safe(text);
  free(text);
  return ok;
}

#ifdef LIBFUZZER

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!one(data, size)) abort();
  return 0;
}

#else

static const char *const seeds[] = {
    "data: {\"status\":\"IN_QUEUE\"}\n\n: keep-alive\r\nevent: x\rdata: y\n\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    "X-Fal-Request-Id: abc\r\nContent-Length: 99999999999999999999\r\n\r\ndata: z\n\n",
    "HTTP/2 206\r\ncontent-range: bytes 5-9/10\r\netag: \"x\"\r\n\r\nhello",
    "https://q/acme/demo/requests/id-1/status?logs=1"};

static unsigned random_below(unsigned *state, unsigned limit) {
  *state = *state * 1103515245u + 12345u;
  return (*state >> 16) % limit;
}

static size_t mutate(char *text, size_t len, size_t cap, unsigned *state) {
  static const char spice[] = "\r\n: \0/?.%@\x7f\xff" "data";
  unsigned rounds = 1 + random_below(state, 6);

  while (rounds-- > 0 && len > 0) {
    size_t at = random_below(state, (unsigned)len);

    switch (random_below(state, 4)) {
      case 0: text[at] = spice[random_below(state, sizeof spice - 1)]; break;
      case 1: text[at] = (char)random_below(state, 256); break;
      case 2: len = at; break;
      default:
        if (len * 2 < cap) {
          memcpy(text + len, text + at, len - at);
          len += len - at;
        }
    }
  }
  return len;
}

int main(void) {
  static char text[8192];
  unsigned state = 20261121;
  int failures = 0, round;

  for (round = 0; round < 200000; round++) {
    const char *seed = seeds[random_below(&state, sizeof seeds / sizeof *seeds)];
    size_t len = strlen(seed);

    memcpy(text, seed, len);
    len = mutate(text, len, sizeof text, &state);
    failures += !one((const uint8_t *)text, len);
  }
  CHECK(failures == 0);
  return check_report();
}

#endif
