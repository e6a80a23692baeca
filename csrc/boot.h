/* Which start of the machine this is. What was written without an fsync lives only as long
 * as that. */
#ifndef FAL_BOOT_H
#define FAL_BOOT_H

#define BOOT_MARK 64 /* bytes a mark may have, with its NUL */

/* A mark that every start of the machine has another one of; "" where it has none. */
void boot_mark(char mark[BOOT_MARK]);

#endif
