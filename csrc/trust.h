/* Whose certificates to trust, where libcurl looks in a file and in a folder by default.
 * The file is parsed whole for each connection, which takes longer than two frames of a
 * game; of the folder only the one certificate that is asked for is read. */
#ifndef FAL_TRUST_H
#define FAL_TRUST_H

enum trust { TRUST_BOTH, TRUST_FILE, TRUST_FOLDER };

/* What is as good as both: the folder where it holds, by their hashes, as many
 * certificates as the file, the file where the folder holds none. Either may be NULL. */
enum trust trust_choose(const char *file, const char *folder);

#endif
