#include "sha256.h"

#include <stdint.h>
#include <string.h>

#define BLOCK 64

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

static uint32_t rotate(uint32_t x, unsigned n) {
  return (x >> n) | (x << (32 - n));
}

static void expand(const unsigned char *block, uint32_t w[64]) {
  int i;

  for (i = 0; i < 16; i++, block += 4) {
    w[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8
           | (uint32_t)block[3];
  }
  for (; i < 64; i++) {
    uint32_t a = w[i - 15];
    uint32_t b = w[i - 2];

    w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7]
           + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
  }
}

/* s[0] to s[7] are the standard's a to h. */
static void one_round(uint32_t s[8], uint32_t word) {
  uint32_t big1 = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25);
  uint32_t big0 = rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22);
  uint32_t t1 = s[7] + big1 + ((s[4] & s[5]) ^ (~s[4] & s[6])) + word;
  uint32_t t2 = big0 + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

  memmove(s + 1, s, 7 * sizeof *s);
  s[4] += t1;
  s[0] = t1 + t2;
}

static void compress(uint32_t state[8], const unsigned char *block) {
  uint32_t w[64];
  uint32_t s[8];
  int i;

  expand(block, w);
  memcpy(s, state, sizeof s);
  for (i = 0; i < 64; i++) one_round(s, K[i] + w[i]);
  for (i = 0; i < 8; i++) state[i] += s[i];
}

static void finish(uint32_t state[8], const unsigned char *rest, size_t len, size_t total) {
  unsigned char last[2 * BLOCK] = {0};
  size_t size = len + 9 > BLOCK ? 2 * BLOCK : BLOCK;
  uint64_t bits = (uint64_t)total * 8;
  int i;

  if (len > 0) memcpy(last, rest, len);
  last[len] = 0x80;
  for (i = 0; i < 8; i++) last[size - 1 - (size_t)i] = (unsigned char)(bits >> (8 * i));
  compress(state, last);
  if (size > BLOCK) compress(state, last + BLOCK);
}

void sha256_hex(const void *bytes, size_t len, char hex[SHA256_HEX]) {
  static const char digits[] = "0123456789abcdef";
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const unsigned char *p = bytes;
  size_t left = len;
  int i;

  for (; left >= BLOCK; left -= BLOCK, p += BLOCK) compress(state, p);
  finish(state, p, left, len);
  for (i = 0; i < SHA256_HEX; i++) hex[i] = digits[state[i / 8] >> (28 - 4 * (i % 8)) & 15];
}
