/* Has this process been forked off since? Asked at every call, so it must not be a system
 * call as getpid is. */
#ifndef FAL_FORKS_H
#define FAL_FORKS_H

void forks_watch(void); /* before the first question; safe to repeat, from any thread */

/* How many forks lie between this process and the one that began to watch. */
unsigned forks_count(void);

#endif
