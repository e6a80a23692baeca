/* Intrusive doubly linked lists. A link is in at most one list; whoever embeds it owns it. */
#ifndef FAL_LIST_H
#define FAL_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct link {
  struct link *prev;
  struct link *next;
};

#define LIST_OWNER(type, member, pointer) \
  ((type *)(void *)((char *)(pointer) - offsetof(type, member)))

static inline void list_init(struct link *list) {
  list->prev = list->next = list;
}

static inline bool list_empty(const struct link *list) {
  return list->next == list;
}

static inline void list_push(struct link *list, struct link *item) {
  item->prev = list->prev;
  item->next = list;
  list->prev->next = item;
  list->prev = item;
}

/* Also for an item that is in no list, if it was initialised with list_init. */
static inline void list_remove(struct link *item) {
  item->prev->next = item->next;
  item->next->prev = item->prev;
  list_init(item);
}

#endif
