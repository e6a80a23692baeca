/* How an exchange ended, in the words that Lua sees. */
#ifndef FAL_OUTCOME_H
#define FAL_OUTCOME_H

/* Kept in step with the names in outcome.c. */
enum outcome {
  OUT_PENDING, /* not finished */
  OUT_RESPONSE,
  OUT_DNS,
  OUT_CONNECT,
  OUT_TLS,
  OUT_TIMEOUT,
  OUT_STALLED,
  OUT_ABORTED,
  OUT_RESEND,
  OUT_TOO_LARGE,
  OUT_TRUNCATED,
  OUT_NETWORK,
  OUT_PROTOCOL,
  OUT_FORBIDDEN,
  OUT_FILE,
  OUT_MEMORY,
  OUT_ENGINE
};

enum sent { SENT_NO, SENT_YES, SENT_UNKNOWN };

const char *outcome_name(enum outcome outcome);
const char *sent_name(enum sent sent);

#endif
