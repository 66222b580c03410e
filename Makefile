# SPDX-License-Identifier: Apache-2.0
#
# make            the program: build/polc
# make demo       checks an example stack (installs what is missing first)
# make test       all tests; ends with "N passed, N failed, N skipped"
# make lint       layers, symbols, diagnostics with tests, marks
# make fuzz       every fuzz target for FUZZ_SECONDS (60) each; needs clang
# make differential  random modules here and in OPA's library; needs go
# make bench      the table of ratios; make bench-peers installs the peers
# make conformance / conformance-bless   runs the cases / rewrites passing.txt
# make packs-readme   writes the sections of the packs' READMEs
# make install PREFIX=/usr/local DESTDIR=
#
# Settings: V=1 shows the commands, B= build folder, SAN=1 address and undefined behaviour sanitizers,
# CC=, OPT=, WERROR=1, SKIP= patterns of sources to leave out.
#
# The include paths below are the architecture: what a unit may not include is
# not on its search path, and there is no -I. (style of the whole project, see
# CONTRIBUTING.md).

B      ?= build
SAN    ?=
OPT    ?= -O2
SKIP   ?=
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
RE2C   ?= re2c
LEMON  ?= lemon
LEMPAR ?= /usr/share/lemon/lempar.c

Q := $(if $(V),,@)

# ---- where things are built ------------------------------------------------

O := $(B)$(if $(filter 1,$(SAN)),/san)$(if $(filter fuzz,$(SAN)),/fuzz)
G := $(O)/gen

# ---- flags -----------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion \
        -Wmissing-prototypes -Wstrict-prototypes $(if $(WERROR),-Werror)
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=3
LDHARDEN := -Wl,-z,relro,-z,now
ifeq ($(SAN),1)
HARDEN := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
          -fno-omit-frame-pointer
LDHARDEN := -fsanitize=address,undefined
else ifeq ($(SAN),fuzz)
HARDEN := -fsanitize=fuzzer-no-link,address,undefined \
          -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDHARDEN := -fsanitize=address,undefined
endif
BASE_CFLAGS = -std=c11 -D_GNU_SOURCE -g $(OPT) $(HARDEN) $(WARN) $(CFLAGS)
PIC := -fPIE
PROGRAM := -pie $(LDHARDEN)
# Debian's static archives, so that the program needs libc and libm alone.
LIBS := -l:libgmp.a -l:libpcre2-8.a -l:libunistring.a \
        -l:libyaml.a -lm
# Extension libraries resolve pol_call_… and the rest of engine/include from the
# program that loads them, so all of the engine is linked in and exported.
EXPORT := -Wl,--export-dynamic-symbol='pol_*'

# ---- units: sources and what they may include ------------------------------

ENGINE_DIRS := base value document resource compile vm policy
# -iquote and not -I: engine/base/limits.h must not hide <limits.h>.
INC_base    := -iquote engine/base
INC_grammar := -iquote engine/base -iquote grammar -iquote $(G)
INC_engine  := -iquote engine/include $(ENGINE_DIRS:%=-iquote engine/%) -iquote grammar -iquote $(G)
INC_stdlib  := -iquote engine/include -iquote stdlib
INC_cmd     := -iquote engine/include -iquote cmd
INC_unit    := $(INC_engine) -iquote stdlib -iquote cmd -iquote tests/unit
INC_tests   := -iquote engine/include -iquote cmd -iquote tests

unit = $(if $(filter engine/base/%,$1),base,$(if $(filter tests/unit/% tests/fuzz/%,$1),unit,$(firstword $(subst /, ,$1))))
src  = $(filter-out $(SKIP),$(wildcard $1))
obj  = $(patsubst %.c,$(O)/%.o,$1)

GRAMMAR_GEN := $(if $(call src,grammar/grammar.y),$(G)/grammar.c) \
               $(patsubst grammar/%.re,$(G)/%.c,$(call src,grammar/*.re))
ENGINE_SRC  := $(call src,engine/*.c $(ENGINE_DIRS:%=engine/%/*.c) grammar/*.c)
STDLIB_SRC  := $(call src,stdlib/*.c)
# A folder of stdlib/ext or cmd/ext is an extension library.
EXT_SRC     := $(call src,stdlib/ext/*/*.c cmd/ext/*/*.c)
CMD_SRC     := $(call src,cmd/*.c)
UNIT_SRC    := $(call src,tests/unit/test_*.c tests/api/test_*.c)
UNIT_HELP   := $(filter-out tests/unit/test_%,$(call src,tests/unit/*.c))
RUN_SRC     := $(call src,tests/run_*.c tests/conformance/run_*.c)
RUN_HELP    := $(filter-out tests/run_%,$(call src,tests/*.c))
FUZZ_SRC    := $(call src,tests/fuzz/fuzz_*.c)
BENCH_SRC   := $(call src,tests/bench/*.c)

GEN_OBJ   := $(patsubst %.c,%.o,$(GRAMMAR_GEN))
LIB       := $(O)/libpolc.a
STDLIB    := $(O)/libpolc-stdlib.a
EXT       := $(patsubst %/,$(O)/lib/polc/%.so,$(patsubst stdlib/ext/%,%,$(patsubst cmd/ext/%,%,$(sort $(dir $(EXT_SRC))))))
UNIT_BIN  := $(patsubst %.c,$(O)/%,$(UNIT_SRC))
RUN_BIN   := $(patsubst %.c,$(O)/%,$(RUN_SRC))
FUZZ_BIN  := $(patsubst %.c,$(O)/%,$(FUZZ_SRC))
BENCH_BIN := $(patsubst %.c,$(O)/%,$(BENCH_SRC))
# What the runners take from cmd: how extension libraries are found.
RUN_CMD   := $(O)/cmd/extension.o
# And what unit tests take from it.
UNIT_CMD  := $(RUN_CMD) $(O)/cmd/ignore_match.o

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all demo test fuzz fuzz-bin lint bench bench-peers conformance \
        conformance-bless differential spec packs-readme install clean deps test-bin bless FORCE

all: $(O)/polc $(EXT)

# ---- generated code --------------------------------------------------------

$(G)/grammar.c $(G)/grammar.h &: grammar/grammar.y
	@mkdir -p $(@D)
	$(if $(V),,@echo '  LEMON $<')
	$(Q)$(LEMON) -q -l -T$(LEMPAR) -d$(@D) $<
	@touch $(G)/grammar.c $(G)/grammar.h

$(G)/%.c: grammar/%.re $(G)/grammar.h
	@mkdir -p $(@D)
	$(if $(V),,@echo '  RE2C  $<')
	$(Q)$(RE2C) -W -Werror -i --no-generation-date --no-version -o $@ $<

# ---- objects ---------------------------------------------------------------

# A change of compiler or flags rebuilds everything.
FLAGS_NOW := $(CC) $(BASE_CFLAGS)
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS_NOW)' | cmp -s - $@ || echo '$(FLAGS_NOW)' > $@

# A source that went away must leave its archive.
SOURCES_NOW := $(ENGINE_SRC) $(STDLIB_SRC)
$(O)/sources: FORCE
	@mkdir -p $(@D)
	@echo '$(SOURCES_NOW)' | cmp -s - $@ || echo '$(SOURCES_NOW)' > $@

GRAMMAR_H := $(if $(call src,grammar/grammar.y),$(G)/grammar.h)
$(GEN_OBJ): WARN += -Wno-unused-parameter -Wno-unused-variable
$(G)/%.o: $(G)/%.c $(GRAMMAR_H) $(O)/flags
	$(if $(V),,@echo '  CC    $<')
	$(Q)$(CC) $(BASE_CFLAGS) -fPIE $(INC_grammar) -MMD -MP -c -o $@ $<

HOT := engine/vm/run engine/document/json engine/document/places
$(HOT:%=$(O)/%.o): OPT := -O3

$(O)/%.o: %.c $(O)/flags | $(GRAMMAR_H)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  CC    $<')
	$(Q)$(CC) $(BASE_CFLAGS) $(PIC) $(INC_$(call unit,$<)) -MMD -MP -c -o $@ $<

$(LIB): $(call obj,$(ENGINE_SRC)) $(GEN_OBJ) $(O)/sources
	$(if $(V),,@echo '  AR    $@')
	@rm -f $@
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

$(STDLIB): $(call obj,$(STDLIB_SRC)) $(O)/sources
	$(if $(V),,@echo '  AR    $@')
	@rm -f $@
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

# ---- programs --------------------------------------------------------------

WHOLE = -Wl,--whole-archive $(STDLIB) $(LIB) -Wl,--no-whole-archive

$(O)/polc: $(call obj,$(CMD_SRC)) $(STDLIB) $(LIB)
	$(if $(V),,@echo '  LD    $@')
	$(Q)$(CC) $(PROGRAM) $(EXPORT) -o $@ $(filter %.o,$^) $(WHOLE) $(LIBS)

# An extension names its libraries in the first line of its module.c:
# /* libs: -lcrypto */
$(O)/stdlib/ext/%.o $(O)/cmd/ext/%.o: PIC := -fPIC -fvisibility=hidden
.SECONDEXPANSION:
$(EXT): $(O)/lib/polc/%.so: $$(call obj,$$(wildcard stdlib/ext/$$*/*.c cmd/ext/$$*/*.c))
	@mkdir -p $(@D)
	$(if $(V),,@echo '  LD    $@')
	$(Q)$(CC) -shared $(LDHARDEN) -o $@ $^ \
	    $$(sed -n 's|.*libs: \(.*\) \*/|\1|p' $(wildcard stdlib/ext/$*/module.c cmd/ext/$*/module.c))

$(UNIT_BIN): $(O)/%: $(O)/%.o $(call obj,$(UNIT_HELP)) $(UNIT_CMD) $(STDLIB) $(LIB)
	$(if $(V),,@echo '  LD    $@')
	$(Q)$(CC) $(PROGRAM) $(EXPORT) -o $@ $(filter %.o,$^) $(WHOLE) -lcmocka $(LIBS)

$(RUN_BIN) $(BENCH_BIN): $(O)/%: $(O)/%.o $(RUN_HELP:%.c=$(O)/%.o) $(RUN_CMD) $(STDLIB) $(LIB)
	$(if $(V),,@echo '  LD    $@')
	$(Q)$(CC) $(PROGRAM) $(EXPORT) -o $@ $(filter %.o,$^) $(WHOLE) $(LIBS)

$(FUZZ_BIN): $(O)/%: $(O)/%.o $(UNIT_HELP:%.c=$(O)/%.o) $(RUN_CMD) $(STDLIB) $(LIB)
	$(if $(V),,@echo '  LD    $@')
	$(Q)$(CC) $(PROGRAM) $(EXPORT) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(WHOLE) $(LIBS)

$(O)/tests/differential/run_cases: $(O)/%: $(O)/%.o $(RUN_CMD) $(STDLIB) $(LIB)
	$(if $(V),,@echo '  LD    $@')
	$(Q)$(CC) $(PROGRAM) $(EXPORT) -o $@ $(filter %.o,$^) $(WHOLE) $(LIBS)

# ---- tests -----------------------------------------------------------------

deps:
	@.ci/deps

test-bin: all $(UNIT_BIN) $(RUN_BIN)

test: deps
	@$(MAKE) --no-print-directory test-bin
	@tests/run_all.sh $(O)

# DIFFERENTIAL_CASES= cases from DIFFERENTIAL_SEED= on. Needs go and what the
# go.mod there names.
DIFFERENTIAL_CASES ?= 20000
DIFFERENTIAL_SEED ?= 1
differential: $(O)/tests/differential/run_cases $(EXT)
	@command -v go >/dev/null || { echo '0 passed, 0 failed, 1 skipped (no go)'; exit 0; }; \
	cd tests/differential/compare && go build -o $(abspath $(O))/tests/differential/compare . && \
	$(abspath $(O))/tests/differential/compare -runner $(abspath $<) \
	    -seed $(DIFFERENTIAL_SEED) -n $(DIFFERENTIAL_CASES)

conformance: $(O)/tests/conformance/run_conformance $(EXT)
	@$< --failing ../shared/conformance/rego

conformance-bless: $(O)/tests/conformance/run_conformance $(EXT)
	@$< --bless ../shared/conformance/rego

# Rewrites the tables of SPEC.md that come from the program.
spec: all
	@tests/spec_tables.sh $(O)/polc SPEC.md > $(O)/SPEC.md && cp $(O)/SPEC.md SPEC.md

# Rewrites the sections of the packs' READMEs from the declarations.
packs-readme:
	@packs/readme.sh $(patsubst %/pack.json,%,$(wildcard packs/*/pack.json))

# Rewrites the texts that diagnostics must look like; review the difference.
bless: $(O)/tests/run_lang
	@$< --bless tests/diag tests/limit

demo: deps
	@$(MAKE) --no-print-directory all
	@tests/demo.sh $(O)/polc

lint: all
	@tests/lint.sh $(O)

fuzz-bin: $(FUZZ_BIN) $(EXT)
fuzz:
	@$(MAKE) --no-print-directory CC=clang SAN=fuzz fuzz-bin
	@tests/fuzz/run.sh $(B)/fuzz $(FUZZ_SECONDS)

bench: all $(BENCH_BIN)
	@tests/bench/run.sh $(O) $(B)/peers

bench-peers:
	@tests/bench/peers/build.sh $(B)/peers

# ---- the rest --------------------------------------------------------------

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/polc \
	    $(DESTDIR)$(PREFIX)/share/polc/packs
	install -m 755 $(O)/polc $(DESTDIR)$(PREFIX)/bin/polc
	$(if $(EXT),install -m 644 $(EXT) $(DESTDIR)$(PREFIX)/lib/polc/)
	cp -R packs/. $(DESTDIR)$(PREFIX)/share/polc/packs/

clean:
	rm -rf $(B)

-include $(patsubst %.o,%.d,$(call obj,$(ENGINE_SRC) $(STDLIB_SRC) $(CMD_SRC) \
    $(UNIT_SRC) $(UNIT_HELP) $(RUN_SRC) $(RUN_HELP) $(FUZZ_SRC) $(BENCH_SRC) \
    $(EXT_SRC) tests/differential/run_cases.c) $(GEN_OBJ))
