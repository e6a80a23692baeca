/* Preloaded by scripts/sanitize: modules stay mapped to the end, so that a report can name
 * the code that it is about, and suppressions can name a library. */

int dlclose(void *handle);

int dlclose(void *handle) {
  (void)handle;
  return 0;
}
