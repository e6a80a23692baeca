#include "trust.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* An administrator may have put a certificate at the file's end and nowhere else. */
static int count_in_file(const char *path) {
  FILE *file = fopen(path, "re");
  char line[256];
  int count = 0;

  if (!file) return 0;
  while (fgets(line, sizeof line, file)) count += strncmp(line, "-----BEGIN ", 11) == 0;
  fclose(file);
  return count;
}

/* "4a6481c9.0": how OpenSSL finds a certificate. */
static bool is_hash(const char *name) {
  size_t hex = strspn(name, "0123456789abcdef");
  size_t digits = name[hex] == '.' ? strspn(name + hex + 1, "0123456789") : 0;

  return hex == 8 && digits > 0 && name[hex + 1 + digits] == '\0';
}

static bool is_certificate(const char *name, const char *file) {
  const char *slash = file ? strrchr(file, '/') : NULL;
  const char *dot = strrchr(name, '.');

  if (!dot || (slash && strcmp(slash + 1, name) == 0)) return false;
  return strcmp(dot, ".pem") == 0 || strcmp(dot, ".crt") == 0;
}

/* As many as there are for certain: some systems keep two hashes of each, and the file may
 * lie in the folder. */
static void count_in_folder(const char *path, const char *file, int *hashes, int *whole) {
  DIR *folder = opendir(path);
  const struct dirent *entry;
  int certificates = 0;

  *hashes = 0;
  while (folder && (entry = readdir(folder)) != NULL) {
    *hashes += is_hash(entry->d_name);
    certificates += is_certificate(entry->d_name, file);
  }
  if (folder) closedir(folder);
  *whole = *hashes < certificates ? *hashes : certificates;
}

enum trust trust_choose(const char *file, const char *folder) {
  int in_file = file ? count_in_file(file) : 0;
  int hashes = 0;
  int in_folder = 0;

  if (folder) count_in_folder(folder, file, &hashes, &in_folder);
  if (hashes == 0) return file ? TRUST_FILE : TRUST_BOTH;
  return in_folder >= in_file ? TRUST_FOLDER : TRUST_BOTH;
}
