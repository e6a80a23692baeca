/* SHA-256 (FIPS 180-4). It names contents; nothing here is kept secret by it. */
#ifndef FAL_SHA256_H
#define FAL_SHA256_H

#include <stddef.h>

#define SHA256_HEX 64

/* Writes the digest of `bytes` in lower-case hex, without a final NUL. */
void sha256_hex(const void *bytes, size_t len, char hex[SHA256_HEX]);

#endif
