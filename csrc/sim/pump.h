#ifndef FAL_SIM_PUMP_H
#define FAL_SIM_PUMP_H

#include "server.h"

/* Writes one raw answer to a socket: piecemeal, up to a byte, then silence. */

struct pump;

/* NULL when memory or the file is missing. Does not own `fd`. */
struct pump *pump_new(int fd, const struct server_raw *raw, double now);
void pump_free(struct pump *pump);

/* Writes what is due. 1 when the end is reached and the peer's kernel has every byte. */
int pump_run(struct pump *pump, double now);
/* When pump_run has work again. */
double pump_due(const struct pump *pump);
enum server_ending pump_ending(const struct pump *pump);

/* Fills `out` with the pattern from `offset` on. */
void pattern_fill(char *out, size_t length, uint64_t offset);

#endif
