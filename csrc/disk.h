/* What of files and terminals the C library's stdio leaves out. Every function reports
 * failure by its return value and leaves the reason in errno; nothing is owned here. */
#ifndef FAL_DISK_H
#define FAL_DISK_H

#include <stdbool.h>
#include <stdio.h>

/* Flushes a stream and waits until its file, or folder, is on the disk. */
bool disk_sync(FILE *file);

/* Takes the lock of an open file without waiting: EWOULDBLOCK when somebody has it. It
 * goes with the stream, or with the process; programs that are started do not inherit it. */
bool disk_lock(FILE *file);

/* Makes a folder and those above it; one that is there is fine. */
bool disk_make_folder(const char *path);

/* Columns of the terminal behind a stream; 0 where there is none. */
int disk_columns(FILE *file);

#endif
