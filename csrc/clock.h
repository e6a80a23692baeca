/* The one clock that deadlines use: monotonic, so that a clock set back stops nothing. */
#ifndef FAL_CLOCK_H
#define FAL_CLOCK_H

double clock_now(void); /* seconds since an arbitrary start; cannot fail */

#endif
