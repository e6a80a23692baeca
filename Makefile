# The workbench. `make` builds in place, `make test` and `make demo` fetch what is missing.
# Everything below can be set on the command line: make test VMS="5.1 5.4 jit" JOBS=4

VMS     ?= 5.4 jit
BUILD   ?= build
CC      ?= cc
CFLAGS  ?= -O2 -g
LDFLAGS ?=
PREFIX  ?= /usr/local
DESTDIR ?=
JOBS    ?= 2
PARTS   ?= lint c spec install

ALL_VMS = 5.1 5.2 5.3 5.4 jit
SHELL   = /bin/sh

# Only the bindings see a Lua header, so only they are compiled once per Lua.
BINDING   = csrc/core.c csrc/core_json.c
CORE_OBJS = $(patsubst csrc/%.c,$(BUILD)/obj/%.o,$(filter-out $(BINDING),$(wildcard csrc/*.c)))
SIM_OBJS  = $(patsubst csrc/%.c,$(BUILD)/obj/%.o,\
              $(filter-out csrc/sim/httpd.c,$(wildcard csrc/sim/*.c)))
C_TESTS   = $(patsubst spec/c/%.c,$(BUILD)/c/%,$(wildcard spec/c/*_test.c))

WARNINGS = -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wstrict-prototypes \
           -Wmissing-prototypes -Wwrite-strings -Wundef -Wvla -Wconversion
BASE     = -std=c99 -D_GNU_SOURCE -fPIC -fvisibility=hidden $(WARNINGS) -Icsrc -MMD -MP
COMPILE  = $(CC) $(BASE) $(CPPFLAGS) $(CFLAGS)

ifeq ($(shell uname -s),Darwin)
SHARED = -bundle -undefined dynamic_lookup
else
SHARED = -shared
endif

export BUILD VMS JOBS CC CFLAGS LDFLAGS

all: $(foreach v,$(VMS),vm-$(v))

$(BUILD)/obj/%.o: csrc/%.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

# $(1) is the Lua version. A module whose sources are not in the tree is not built.
define vm
vm-$(1): $$(if $$(wildcard csrc/core.c),$$(BUILD)/$(1)/fal/core.so)
vm-$(1): $$(if $$(wildcard csrc/sim/httpd.c),$$(BUILD)/$(1)/fal/sim/httpd.so)

$$(BUILD)/$(1)/obj/%.o: csrc/%.c Makefile
	@mkdir -p $$(@D)
	$$(COMPILE) $$$$(scripts/vm $(1) cflags) -c -o $$@ $$<

$$(BUILD)/$(1)/fal/core.so: $$(BINDING:csrc/%.c=$$(BUILD)/$(1)/obj/%.o) $$(CORE_OBJS)
	@mkdir -p $$(@D)
	$$(CC) $$(SHARED) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ -lcurl -pthread

$$(BUILD)/$(1)/fal/sim/httpd.so: $$(BUILD)/$(1)/obj/sim/httpd.o $$(SIM_OBJS)
	@mkdir -p $$(@D)
	$$(CC) $$(SHARED) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ -lmicrohttpd

# What specs need of the system, as a module of theirs.
vm-$(1): $$(BUILD)/$(1)/support/system.so

$$(BUILD)/$(1)/support/system.so: spec/support/system.c Makefile
	@mkdir -p $$(@D)
	$$(COMPILE) $$$$(scripts/vm $(1) cflags) $$(SHARED) $$(LDFLAGS) -o $$@ $$< -pthread

vm-$(1): $$(BUILD)/preload.so

# A host whose allocations fail when it is told to; see the file.
$$(BUILD)/$(1)/allocate: bench/torture/allocate.c Makefile
	@mkdir -p $$(@D)
	$$(CC) -std=gnu99 -O1 -g -Wall -Wextra -Werror -rdynamic $$$$(scripts/vm $(1) cflags) \
	  -o $$@ $$< $$$$(scripts/vm $(1) libs) -ldl

.PHONY: vm-$(1)
endef
$(foreach v,$(ALL_VMS),$(eval $(call vm,$(v))))

$(BUILD)/c/%: spec/c/%.c $(CORE_OBJS) Makefile
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(CORE_OBJS) -lcurl -pthread

$(BUILD)/preload.so: spec/support/preload.c Makefile
	@mkdir -p $(@D)
	$(CC) -std=gnu99 -O1 -Wall -Wextra -Werror -fPIC $(SHARED) -o $@ $< -ldl

c-tests: $(C_TESTS)

deps:
	@scripts/deps build sim test

# The recursive call lets the build see what `deps` has just installed.
test: deps
	@$(MAKE) --no-print-directory check

check:
	@scripts/test $(PARTS)

test-all:
	@scripts/deps build sim test old-luas
	@$(MAKE) --no-print-directory check VMS="$(ALL_VMS)"

lint:
	@scripts/lint

sanitize:
	@scripts/test sanitize

memcheck:
	@scripts/test memcheck

conformance:
	@scripts/deps build sim
	@scripts/deps conformance
	@scripts/test conformance

demo:
	@scripts/deps build sim
	@$(MAKE) --no-print-directory all VMS=5.4
	@scripts/demo $(LIVE)

bench: deps
	@$(MAKE) --no-print-directory all VMS="5.4 jit"
	@scripts/bench

# The long form of spec/torture: more than an hour. scripts/torture says what shortens it.
torture: deps
	@$(MAKE) --no-print-directory all VMS=5.4
	@scripts/torture

install: LUA_VERSION ?= 5.4
install:
	@$(MAKE) --no-print-directory $(BUILD)/$(LUA_VERSION)/fal/core.so
	@scripts/install $(LUA_VERSION) "$(DESTDIR)$(PREFIX)"

clean:
	rm -rf $(BUILD) out

-include $(wildcard $(BUILD)/obj/*.d $(BUILD)/obj/*/*.d $(BUILD)/*/obj/*.d \
                    $(BUILD)/*/obj/*/*.d $(BUILD)/c/*.d)

.PHONY: all c-tests deps test check test-all lint sanitize memcheck conformance demo bench \
        torture install clean
