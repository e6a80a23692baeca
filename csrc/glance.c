#include "glance.h"

#include <string.h>

#define MAX_ID 200
#define MAX_DIGITS 15 /* of a whole number: exact in a double */

struct reader {
  const char *p, *end;
};

enum member {
  STATUS, REQUEST_ID, RESPONSE_URL, STATUS_URL, CANCEL_URL, /* the texts */
  QUEUE_POSITION, LOGS, METRICS,
  MEMBERS
};

#define TEXT(literal) {literal, sizeof literal - 1}

static const struct span names[MEMBERS] = {
    TEXT("status"), TEXT("request_id"), TEXT("response_url"), TEXT("status_url"),
    TEXT("cancel_url"), TEXT("queue_position"), TEXT("logs"), TEXT("metrics")};

/* ---- JSON, as far as it goes --------------------------------------------------------- */

static void skip(struct reader *r) {
  while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t')) {
    r->p++;
  }
}

static bool take(struct reader *r, char c) {
  skip(r);
  if (r->p == r->end || *r->p != c) return false;
  r->p++;
  return true;
}

static bool take_word(struct reader *r, const char *word) {
  size_t len = strlen(word);

  skip(r);
  if ((size_t)(r->end - r->p) < len || memcmp(r->p, word, len) != 0) return false;
  r->p += len;
  return true;
}

/* Without escapes; of what characters is for whoever uses it to say. */
static bool take_text(struct reader *r, struct span *text) {
  const char *end;

  if (!take(r, '"')) return false;
  end = memchr(r->p, '"', (size_t)(r->end - r->p));
  if (!end) return false;
  text->at = r->p;
  text->len = (size_t)(end - r->p);
  r->p = end + 1;
  return memchr(text->at, '\\', text->len) == NULL;
}

/* As many as are exact in a double; those behind are skipped. */
static int take_digits(struct reader *r, double *value, double *scale) {
  const char *first = r->p;

  while (r->p < r->end && *r->p >= '0' && *r->p <= '9') {
    int digit = *r->p++ - '0';

    if (*value >= 1e14) continue;
    *value = *value * 10 + digit;
    *scale *= 10;
  }
  return (int)(r->p - first);
}

static bool take_exponent(struct reader *r, double *scale) {
  double exponent = 0, ignored = 1;
  bool down;

  if (r->p == r->end || (*r->p != 'e' && *r->p != 'E')) return true;
  r->p++;
  down = r->p < r->end && *r->p == '-';
  if (r->p < r->end && (*r->p == '-' || *r->p == '+')) r->p++;
  if (take_digits(r, &exponent, &ignored) == 0 || exponent > 99) return false;
  for (; exponent > 0; exponent--) *scale *= down ? 10 : 0.1;
  return true;
}

/* Not negative. `whole`: it has neither fraction nor exponent, and is exact. */
static bool take_number(struct reader *r, double *value, bool *whole) {
  double scale = 1, ignored = 1;
  const char *first;

  skip(r);
  first = r->p;
  *value = 0;
  if (take_digits(r, value, &ignored) == 0) return false;
  *whole = r->p - first <= MAX_DIGITS;
  if (r->p - first > 1 && (*first == '0' || !*whole)) return false;
  if (r->p < r->end && *r->p == '.') {
    r->p++;
    *whole = false;
    if (take_digits(r, value, &scale) == 0) return false;
  }
  first = r->p;
  if (!take_exponent(r, &scale)) return false;
  if (r->p != first) *whole = false;
  *value /= scale;
  return true;
}

/* ---- the members --------------------------------------------------------------------- */

static bool is(struct span text, struct span word) {
  return text.len == word.len && memcmp(text.at, word.at, text.len) == 0;
}

static enum member member_of(struct span name) {
  int i;

  for (i = 0; i < MEMBERS; i++) {
    if (is(name, names[i])) return (enum member)i;
  }
  return MEMBERS;
}

static bool take_position(struct reader *r, struct glance *g) {
  double position;
  bool whole;

  if (take_word(r, "null")) return true;
  if (!take_number(r, &position, &whole) || !whole) return false;
  g->position = (int64_t)position;
  return true;
}

static bool take_metrics(struct reader *r, struct glance *g) {
  static const struct span time = TEXT("inference_time");
  struct span name;
  bool whole;

  if (take_word(r, "null")) return true;
  if (!take(r, '{')) return false;
  if (take(r, '}')) return true;
  if (!take_text(r, &name) || !is(name, time) || !take(r, ':')) return false;
  if (!take_word(r, "null") && !take_number(r, &g->inference_time, &whole)) return false;
  return take(r, '}');
}

static bool take_logs(struct reader *r) {
  return take_word(r, "null") || (take(r, '[') && take(r, ']'));
}

/* Each at most once: of equal names another reader may take the other one. */
static bool take_member(struct reader *r, struct glance *g, struct span *texts, unsigned *seen) {
  struct span name;
  enum member which;

  if (!take_text(r, &name) || !take(r, ':')) return false;
  which = member_of(name);
  if (which == MEMBERS || *seen & 1u << which) return false;
  *seen |= 1u << which;
  switch (which) {
    case QUEUE_POSITION: return take_position(r, g);
    case METRICS: return take_metrics(r, g);
    case LOGS: return take_logs(r);
    default: return take_text(r, &texts[which]);
  }
}

static bool take_object(struct reader *r, struct glance *g, struct span *texts) {
  unsigned seen = 0;

  if (!take(r, '{')) return false;
  do {
    if (!take_member(r, g, texts, &seen)) return false;
  } while (take(r, ','));
  if (!take(r, '}')) return false;
  skip(r);
  return r->p == r->end;
}

/* ---- what they say ------------------------------------------------------------------- */

static const char *status_of(struct span text) {
  static const struct span words[] = {TEXT("IN_QUEUE"), TEXT("IN_PROGRESS"),
                                      TEXT("COMPLETED")};
  size_t i;

  for (i = 0; text.at && i < sizeof words / sizeof *words; i++) {
    if (is(text, words[i])) return words[i].at;
  }
  return NULL;
}

static bool is_id(struct span text) {
  size_t i, dots = 0;

  for (i = 0; i < text.len; i++) {
    char c = text.at[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

    if (!letter && !(c >= '0' && c <= '9') && !memchr("-_.:", c, 4)) return false;
    dots += c == '.';
  }
  return text.len > 0 && text.len <= MAX_ID && dots < text.len;
}

/* The other addresses are only as good as this one: they have to begin with it. */
static bool is_printable(struct span text) {
  size_t i = 0;

  while (i < text.len && text.at[i] >= ' ' && text.at[i] <= '~') i++;
  return i == text.len;
}

static bool is_below(struct span url, struct span address, const char *suffix) {
  if (!url.at) return true;
  return address.at && url.len == address.len + strlen(suffix) &&
         memcmp(url.at, address.at, address.len) == 0 &&
         memcmp(url.at + address.len, suffix, strlen(suffix)) == 0;
}

bool glance_at(const char *text, size_t len, struct glance *g) {
  struct span texts[CANCEL_URL + 1] = {{NULL, 0}};
  struct reader r = {text, text + len};

  memset(g, 0, sizeof *g);
  g->position = -1;
  g->inference_time = -1;
  if (!take_object(&r, g, texts)) return false;
  g->status = status_of(texts[STATUS]);
  g->request_id = texts[REQUEST_ID];
  g->address = texts[RESPONSE_URL];
  return g->status && (!g->request_id.at || is_id(g->request_id)) && is_printable(g->address) &&
         is_below(texts[STATUS_URL], g->address, "/status") &&
         is_below(texts[CANCEL_URL], g->address, "/cancel");
}
