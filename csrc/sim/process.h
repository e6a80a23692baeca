#ifndef FAL_SIM_PROCESS_H
#define FAL_SIM_PROCESS_H

/* Child processes, signals and limits of the simulator's own process. */

/* SIGTERM and SIGINT set a flag, SIGCHLD only wakes the loop, SIGPIPE is ignored. */
void process_signals(void);
int process_stopping(void);

/* Whether standard output is a pipe that nobody reads any more: a parent that waits for
 * this process to end closes it first. */
int process_unheard(void);

/* Dies with the parent; 0 when the parent is gone already. */
int process_follow_parent(void);

/* Raises the limit of open files as far as the system lets it; returns the limit. */
unsigned long process_raise_files(void);

/* Starts argv[0] from the PATH, its output thrown away. -1: could not fork. */
long process_spawn(char *const argv[]);
/* A child that has ended, or 0. `status` is its exit code, 256 + n for signal n. */
long process_reap(int *status);
void process_kill(long pid);

/* Seconds of processor time this process has used. */
double process_cpu(void);
double process_now(void);

/* Seconds since 1970, with their fraction. */
double process_wall(void);

#endif
