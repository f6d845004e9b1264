# milieu: build, demo, tests.   `make help` lists the targets.
#
#   make CC=clang            another compiler            make WERROR=1    warnings are errors (as in CI)
#   make BUILD=/tmp/b        another build folder        make V=1         print the commands
#   make PROGRAM=/tmp/m      another name for the program, same objects

VERSION := 0.1.0
BUILD   ?= build
PROGRAM ?= $(BUILD)/milieu
PREFIX  ?= /usr/local
OUT     ?= out
SECONDS_OF_FUZZ ?= 60
JOBS    ?= $(shell nproc 2>/dev/null || echo 1)

ifeq ($(origin CC),default)
CC := gcc
endif

OPT     ?= -O3 -g -fno-math-errno -fno-trapping-math# same bits as -O2 (tests compare); a tenth sooner
WARN    := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wwrite-strings
WERROR  ?=
CSTD    := -std=c17 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -pthread

# Compiling and linking ask for packages; cleaning, formatting and installing packages do not.
NEEDS_NO_PACKAGES := help demo test deps deps-build clean format picture
GOALS := $(or $(MAKECMDGOALS),all)
ifneq ($(filter-out $(NEEDS_NO_PACKAGES),$(GOALS)),)

# With the MPI build of HDF5 installed, plain `hdf5` means that one: ask for the serial one first.
HDF5_PC  := $(firstword $(foreach p,hdf5-serial hdf5,$(shell pkg-config --exists $(p) 2>/dev/null && echo $(p))))
MISSING  := $(strip $(foreach p,gsl libconfig libcjson libmicrohttpd zlib,$(shell pkg-config --exists $(p) 2>/dev/null || echo $(p))) \
                    $(if $(HDF5_PC),,hdf5-serial))
ifneq ($(MISSING),)
$(error not found by pkg-config: $(MISSING).  `make deps` installs what is missing)
endif

PKG_CFLAGS := $(shell pkg-config --cflags gsl libconfig libcjson libmicrohttpd zlib $(HDF5_PC))
BASE_LIBS  := $(shell pkg-config --libs gsl libconfig libcjson libmicrohttpd zlib) -lm

# MPI serves one file, sim/study/mpi.c, which stands before the library's alone.c. HDF5 stays the serial one.
MPI_PC := $(firstword $(foreach p,ompi-c mpich mpi-c,$(shell pkg-config --exists $(p) 2>/dev/null && echo $(p))))
ifneq ($(MPI),)
ifeq ($(MPI_PC),)
$(error MPI=1, but pkg-config finds neither ompi-c (libopenmpi-dev) nor mpich (libmpich-dev))
endif
endif

HDF5_DIR   := $(patsubst -L%,%,$(firstword $(filter -L%,$(shell pkg-config --libs $(HDF5_PC)))))
HDF5_SHARED := $(if $(HDF5_DIR),-L$(HDF5_DIR)) -lhdf5_hl $(shell pkg-config --libs-only-l $(HDF5_PC))

# The program takes HDF5 from its archives where they are: Debian's shared library pulls in network and cryptography
# libraries, and starting with it takes 7 ms instead of 1. Tests use the shared one, so that what they wrap is ours.
HDF5_ARCHIVES := $(if $(HDF5_DIR),$(wildcard $(HDF5_DIR)/libhdf5_hl.a) $(wildcard $(HDF5_DIR)/libhdf5.a))
HDF5_PROGRAM  := $(if $(filter 2,$(words $(HDF5_ARCHIVES))),$(HDF5_ARCHIVES) -lsz -lz -ldl,$(HDF5_SHARED))

endif

# One short line a file; `make V=1` prints the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)  $(2)')

GENERATED := $(BUILD)/generated
ENSEMBLE  := scenarios/ensembles/four-cases.csv
CPPFLAGS_ALL := -I$(GENERATED) $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL   := $(CSTD) $(OPT) $(WARN) $(if $(WERROR),-Werror) $(CFLAGS)
TEST_CFLAGS  := -Wno-conversion -Wno-sign-conversion -Wno-missing-prototypes -I. # Criterion's macros warn

# ---- sources: what is in the folders -------------------------------------------------------------------------------

MPI_SRC    := sim/study/mpi.c
MPI_OBJ    := $(MPI_SRC:%.c=$(BUILD)/obj/%.o)
LIB_SRC    := $(filter-out $(MPI_SRC),$(wildcard sim/*/*.c analysis/*.c analysis/*/*.c))
LIB_OBJ    := $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
MAIN_OBJ   := $(BUILD)/obj/milieu.o
UNIT_SRC   := $(wildcard tests/unit/test_*.c)
VERIFY_SRC := $(wildcard tests/verify/test_*.c tests/verify/verify_*.c)
HELP_SRC   := $(filter-out $(UNIT_SRC) $(VERIFY_SRC),$(wildcard tests/unit/*.c tests/verify/*.c tests/support/*.c))
HELP_OBJ   := $(HELP_SRC:%.c=$(BUILD)/obj/%.o)
UNIT       := $(UNIT_SRC:%.c=$(BUILD)/%)
VERIFY     := $(VERIFY_SRC:%.c=$(BUILD)/%)
FUZZ_SRC   := $(wildcard tests/fuzz/*.c)
FUZZ       := $(FUZZ_SRC:%.c=$(BUILD)/%)
TOOL_SRC   := $(wildcard scripts/*.c)
TOOLS      := $(TOOL_SRC:scripts/%.c=$(BUILD)/tools/%)
FORMATTED  := $(wildcard *.c sim/*/*.[ch] analysis/*.[ch] analysis/*/*.[ch] $(TOOL_SRC) tests/*/*.[ch])

.PHONY: all help page programs unit-programs unit verify system test demo deps deps-build install uninstall format lint gate docs docs-check \
        picture coverage sanitize fuzz validate bench clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAM)

help:
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST))

## make             build build/milieu (no network)
## make MPI=1       the same, also for mpirun and srun --mpi=pmix (libopenmpi-dev or libmpich-dev)
## make demo        install what the build lacks, build, run the four clinics into out/cases.h5
## make test        install what the tests lack, run everything CI runs
## make unit        unit tests only: the inner loop
## make verify      tests against closed forms and published figures
## make system      the program as a user runs it
## make page        the page alone, and fail when something it takes is missing (scripts/deps page installs that)
## make deps        install what build, demo and tests lack
## make install     PREFIX=/usr/local DESTDIR=
## make docs        doc/*.md, scenarios/baseline.cfg and man/ from the tables;  make docs-check fails when they are stale
## make picture     doc/cases.png, doc/cases.txt and the README's table from a real run
## make format      clang-format;  make lint: clang-format's check, clang-tidy, cppcheck;  make gate: sizes and doors
## make sanitize    unit and verify tests under ASan and UBSan, with the leak gate
## make coverage    line coverage of sim/, at least 90 %
## make fuzz        60 s on the scenario reader
## make validate    every published pattern, misses beside hits: sim/VALIDATION.md (some minutes)
## make bench       speed and memory, as ratios
## make clean

# ---- build -----------------------------------------------------------------------------------------------------------

# The page, which the program carries in itself; PAGE=no leaves it out without asking. Built once for all build folders.
PAGE_BUILD := build/page
PAGE_OBJ   := $(if $(filter no,$(PAGE)),,$(BUILD)/obj/carried.o)

$(PAGE_BUILD)/carried.S: FORCE
	@scripts/page '$(PAGE_BUILD)' '$(ENSEMBLE)' '$(VERSION)'

$(BUILD)/obj/carried.o: $(PAGE_BUILD)/carried.S $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) -c -o $@ $<

page:
	@scripts/page '$(PAGE_BUILD)' '$(ENSEMBLE)' '$(VERSION)' strict

$(PROGRAM): $(MAIN_OBJ) $(if $(MPI),$(MPI_OBJ)) $(PAGE_OBJ) $(BUILD)/libmilieu.a $(BUILD)/linked
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(HDF5_PROGRAM) $(BASE_LIBS) \
	    $(if $(MPI),$(shell pkg-config --libs $(MPI_PC)))

$(MPI_OBJ): private CPPFLAGS_ALL += $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(MPI_PC)))

$(BUILD)/libmilieu.a: $(LIB_OBJ)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $^

$(BUILD)/libtesthelp.a: $(HELP_OBJ)
	@mkdir -p $(@D) && rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $^

$(BUILD)/obj/tests/%.o: tests/%.c $(BUILD)/flags | $(GENERATED)/build_info.h $(GENERATED)/ensemble_table.h
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(TEST_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: %.c $(BUILD)/flags | $(GENERATED)/build_info.h $(GENERATED)/ensemble_table.h
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Everything is compiled anew when the compiler or its flags change.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D); echo '$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL)' | scripts/replace-if-changed $@

# And linked anew with MPI, or without.
$(BUILD)/linked: FORCE
	@mkdir -p $(@D); echo '$(PROGRAM) $(MPI) $(PAGE)' | scripts/replace-if-changed $@

# What a results file says of its program: version, commit, flags.
$(GENERATED)/build_info.h: FORCE
	@mkdir -p $(@D); scripts/build-info '$(VERSION)' '$(CSTD) $(OPT) $(CFLAGS)' | scripts/replace-if-changed $@

# The fitted parameters that runs draw from.
$(GENERATED)/ensemble_table.h: $(ENSEMBLE) scripts/ensemble
	@mkdir -p $(@D); scripts/ensemble $< > $@.new && mv $@.new $@

# A test asks for linker options of its own in its first lines: /* link: -Wl,--wrap=malloc */
link_of = $(shell sed -n '1,40s|^/\* link: \(.*\) \*/$$|\1|p' $(1))

$(BUILD)/tests/unit/% $(BUILD)/tests/verify/%: LDLIBS_TEST = $(shell pkg-config --libs criterion)

$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/libtesthelp.a $(BUILD)/libmilieu.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(call link_of,tests/unit/$*.c) -Wl,--as-needed $(LDLIBS_TEST) $(HDF5_SHARED) $(BASE_LIBS)

$(BUILD)/tests/verify/%: $(BUILD)/obj/tests/verify/%.o $(BUILD)/libtesthelp.a $(BUILD)/libmilieu.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(call link_of,tests/verify/$*.c) -Wl,--as-needed $(LDLIBS_TEST) $(HDF5_SHARED) $(BASE_LIBS)

unit-programs: $(UNIT)

programs: all $(UNIT) $(VERIFY)

BENCH_SRC := $(filter-out %/naive.c,$(wildcard tests/bench/*.c))

-include $(LIB_OBJ:.o=.d) $(MAIN_OBJ:.o=.d) $(MPI_OBJ:.o=.d) $(TOOL_SRC:%.c=$(BUILD)/obj/%.d) $(HELP_OBJ:.o=.d) $(BENCH_SRC:%.c=$(BUILD)/obj/%.d) $(FUZZ_SRC:%.c=$(BUILD)/obj/%.d) $(UNIT_SRC:%.c=$(BUILD)/obj/%.d) $(VERIFY_SRC:%.c=$(BUILD)/obj/%.d)

# ---- the two commands ------------------------------------------------------------------------------------------------
# Each begins with installing; what follows is a second make, which asks for packages only then.

demo: deps-build
	@$(MAKE) --no-print-directory -j $(JOBS) all
	@mkdir -p $(OUT)
	$(BUILD)/milieu run scenarios/integrated-care.cfg -o $(OUT)/cases.h5
	@$(BUILD)/milieu report $(OUT)/cases.h5 -o $(OUT)/report.html || echo 'note: no $(OUT)/report.html: see above'

test: deps
	@BUILD='$(BUILD)' scripts/test-all

deps:
	@scripts/deps build test
	@scripts/deps page || echo 'note: the page and its tests are left out'

deps-build:
	@scripts/deps build

# ---- tests -----------------------------------------------------------------------------------------------------------

unit: $(UNIT)
	@scripts/run-criterion unit '$(BUILD)' $(UNIT_SRC)

verify: $(VERIFY)
	@scripts/run-criterion verify '$(BUILD)' $(VERIFY_SRC)

system: all
	@MILIEU='$(abspath $(PROGRAM))' BUILD='$(BUILD)' tests/system/run_all.sh

sanitize:
	@BUILD='$(BUILD)/sanitize' scripts/sanitize

coverage:
	@BUILD='$(BUILD)/coverage' scripts/coverage

fuzz:
	@BUILD='$(BUILD)/fuzz' SECONDS_OF_FUZZ='$(SECONDS_OF_FUZZ)' scripts/fuzz

fuzzers: $(FUZZ)

$(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/libmilieu.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(HDF5_SHARED) $(BASE_LIBS)

validate: all
	@scripts/validate '$(BUILD)' '$(JOBS)'

bench: all $(BUILD)/tests/bench/study_speed $(BUILD)/tests/bench/bare_loop
	@MILIEU='$(abspath $(BUILD)/milieu)' tests/bench/bench.py

$(BUILD)/tests/bench/%: $(BUILD)/obj/tests/bench/%.o $(BUILD)/libmilieu.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ -Wl,--as-needed $(HDF5_PROGRAM) $(BASE_LIBS)

# ---- keeping house ---------------------------------------------------------------------------------------------------

format:
	clang-format -i $(FORMATTED)

lint: $(GENERATED)/build_info.h $(GENERATED)/ensemble_table.h
	@scripts/lint '$(CPPFLAGS_ALL) $(CSTD) $(if $(MPI_PC),$(shell pkg-config --cflags $(MPI_PC)))' milieu.c $(LIB_SRC) \
	    $(if $(MPI_PC),$(MPI_SRC))

gate: $(LIB_OBJ)
	@scripts/gate $(LIB_OBJ)

docs: all $(TOOLS)
	@scripts/docs '$(BUILD)' .

docs-check: all $(TOOLS)
	@scripts/docs-check '$(BUILD)'

$(BUILD)/tools/%: $(BUILD)/obj/scripts/%.o $(BUILD)/libmilieu.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ -Wl,--as-needed $(HDF5_SHARED) $(BASE_LIBS)

picture:
	@scripts/deps build picture
	@$(MAKE) --no-print-directory -j $(JOBS) all
	@scripts/picture '$(BUILD)' '$(OUT)'

SHARE := $(DESTDIR)$(PREFIX)/share

install: all
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(SHARE)/milieu/scenarios' '$(SHARE)/doc/milieu' '$(SHARE)/man/man1' '$(SHARE)/man/man5' \
	    '$(SHARE)/bash-completion/completions'
	install -m 755 $(BUILD)/milieu '$(DESTDIR)$(PREFIX)/bin/milieu'
	find scenarios -type f -exec install -D -m 644 '{}' '$(SHARE)/milieu/{}' ';'
	install -m 644 $(wildcard README.md LICENSE CITATION.cff CHANGELOG.md sim/MODEL.md doc/*) '$(SHARE)/doc/milieu'
	install -m 644 man/milieu.1 '$(SHARE)/man/man1/milieu.1'
	install -m 644 man/milieu-scenario.5 '$(SHARE)/man/man5/milieu-scenario.5'
	install -m 644 man/milieu.bash '$(SHARE)/bash-completion/completions/milieu'

uninstall:
	rm -f '$(DESTDIR)$(PREFIX)/bin/milieu' '$(SHARE)/man/man1/milieu.1' '$(SHARE)/man/man5/milieu-scenario.5' \
	    '$(SHARE)/bash-completion/completions/milieu'
	rm -rf '$(SHARE)/milieu' '$(SHARE)/doc/milieu'

clean:
	rm -rf $(BUILD) $(OUT)
