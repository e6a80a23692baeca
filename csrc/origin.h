/* Who may start: transfers that wait, in lanes by origin, and how many run where. The
 * caller brings the time, and starts what it is given. Owns the origins, each with its
 * place; borrows the transfers, whose links it keeps while they wait. */
#ifndef FAL_ORIGIN_H
#define FAL_ORIGIN_H

#include <stdbool.h>

#include "transfer.h"

#define MAX_ORIGINS 64 /* idle ones make room for others */

#define MAX_OPENING 8 /* handshakes at once that are looked after */

/* Started to where its connection is likely to be a new one. */
struct opening {
  const struct transfer *transfer; /* NULL: none */
  double since;
  bool reuses; /* or it is to find one that was left open */
};

struct origins {
  struct origin *all[MAX_ORIGINS];
  int count;
  int turn;
  int max_connections;
  double pace; /* seconds between two requests, 0: none */
  double next_start;
  int pending;
  int connections; /* that HTTP/1.1 exchanges hold, one each */
  int long_connections; /* of these: held for long */
  int active_long;
  bool looked; /* of looks and what takes turns with them, one was started last */
  int at_once; /* TLS handshakes that may go on, 0: any number; the caller's to set */
  struct opening opening[MAX_OPENING];
};

void origins_init(struct origins *o, int max_connections, double requests_per_second);
void origins_free(struct origins *o); /* when nothing waits any more */

/* Files t under its URL's origin, among those that wait. False: no memory, or too many
 * origins are in use. */
bool origins_enter(struct origins *o, struct transfer *t);
void origins_leave(struct origins *o, struct transfer *t); /* it waits no longer */

struct transfer *origins_any(const struct origins *o); /* one that waits, or NULL */

/* The one to start next, or NULL while none may: no room, or the pace forbids, or as many
 * handshakes go on as may. */
struct transfer *origins_next(const struct origins *o, double now);

/* When the pace allows the next, or a handshake has had its time, negative while neither
 * holds anybody back. */
double origins_due(const struct origins *o, double now);

void origins_start(struct origins *o, struct transfer *t, double now); /* leaves as well */
void origins_end(struct origins *o, struct transfer *t); /* also for one not started */

struct place *origin_place(const struct transfer *t); /* t was entered; not to be freed */

/* What an answer says of t's origin, if it is still to be learnt. */
bool origin_wants_to_learn(const struct transfer *t);
void origins_learn(struct origins *o, struct transfer *t, bool http2);

/* May requests to t's origin share a connection, as far as is known? */
bool origin_may_multiplex(const struct transfer *t);

#endif
