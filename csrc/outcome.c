#include "outcome.h"

const char *outcome_name(enum outcome outcome) {
  static const char *const names[] = {
      "pending", "response", "dns",       "connect",   "tls",     "timeout",
      "stalled", "aborted",  "resend",    "too_large", "truncated", "network",
      "protocol", "forbidden", "file",    "memory",    "engine"};

  return names[outcome];
}

const char *sent_name(enum sent sent) {
  return sent == SENT_NO ? "no" : sent == SENT_YES ? "yes" : "unknown";
}
