# Every task of the project by one name; `make help` lists them. The work is done by CMake (presets
# in CMakePresets.json) and by the programs in scripts/, tools/ and benchmarks/.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# What `make run` transcribes, with which model, and where the results go.
AUDIO ?=
MODEL ?= tiny.en
OUT ?= build/transcripts
export AUDIO MODEL OUT

# What a user runs; the tests take most of the time of a full build.
PROGRAMS := ironscribe ironscribe-decode

# Compilation is cached where ccache is installed; nothing depends on it.
ifneq ($(shell command -v ccache),)
export CMAKE_CXX_COMPILER_LAUNCHER ?= ccache
endif

.PHONY: help
help:  ## this list
	@echo "Ironscribe: recordings to text on your own machines."
	@echo
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## ?/\1\t/' | expand -t 16

.PHONY: run
run: setup  ## set-up, build, then transcribe (AUDIO=file MODEL=name OUT=folder)
	@scripts/build.sh release $(PROGRAMS)
	@scripts/run.sh

.PHONY: setup
setup:  ## install the Debian packages that building and testing need
	@scripts/setup.sh

.PHONY: build
build: setup  ## release build: build/release/ironscribe
	@scripts/build.sh release

.PHONY: debug
debug: setup  ## debug build in build/debug
	@scripts/build.sh debug

.PHONY: test
test: build  ## every test in release, the fast ones under address and undefined sanitizers
	@scripts/test.sh release asan

.PHONY: asan
asan: setup  ## the fast tests under address and undefined sanitizers
	@scripts/test.sh asan

.PHONY: tsan
tsan: setup  ## the fast tests under the thread sanitizer
	@scripts/test.sh tsan

.PHONY: test-arm
test-arm:  ## the kernels cross-compiled for 64-bit Arm, tested under QEMU
	@scripts/setup.sh --emulated
	@scripts/test-arm.sh

.PHONY: test-old-cpu
test-old-cpu:  ## the release build's tests under QEMU as processors without AVX-512 and AVX2
	@scripts/setup.sh --emulated
	@scripts/test-old-cpu.sh

.PHONY: format
format:  ## rewrite the C++ sources in the project's format
	@scripts/setup.sh --tidy
	@git ls-files -z '*.cc' '*.h' | xargs -0 clang-format-14 -i

.PHONY: format-check
format-check:  ## fail where the format differs
	@scripts/setup.sh --tidy
	@git ls-files -z '*.cc' '*.h' | xargs -0 clang-format-14 --dry-run --Werror

.PHONY: tidy
tidy:  ## clang-tidy over the sources changed since the last commit (ALL=1: over all of them)
	@scripts/setup.sh --tidy
	@scripts/clang_tidy.sh

.PHONY: bench
bench: setup  ## against the peers, alternately (ROWS=keys MODELS=names); writes docs/performance.md
	@scripts/build.sh release $(PROGRAMS)
	@benchmarks/peers/run.sh

.PHONY: accuracy
accuracy: setup  ## text and numbers against the reference; writes docs/accuracy.md
	@scripts/build.sh release $(PROGRAMS) ironscribe-forced-rows
	@tools/accuracy/run.sh

.PHONY: bench-serve
bench-serve: setup  ## the server under load, against faster-whisper behind FastAPI (SERVE=flags)
	@scripts/build.sh release $(PROGRAMS)
	@benchmarks/serve/run.sh $(SERVE)

.PHONY: malformed
malformed: setup  ## 5,000 malformed requests to the whole server, in release and under sanitizers
	@scripts/malformed.sh

.PHONY: guard
guard: setup  ## silence, noise and real speech: is text invented, or lost?
	@scripts/build.sh release $(PROGRAMS)
	@tools/guard/run.sh

.PHONY: seams
seams: setup  ## is anything lost where a recording is cut into windows?
	@scripts/build.sh release $(PROGRAMS)
	@tools/seams/run.sh

.PHONY: word-times
word-times: setup  ## word times against three kinds of truth; is confidence calibrated?
	@scripts/setup.sh --words
	@scripts/build.sh release $(PROGRAMS)
	@tools/word_times/run.sh

.PHONY: vosk
vosk: setup  ## Vosk models: words, times and confidences against Vosk's own
	@scripts/build.sh release $(PROGRAMS)
	@tools/vosk/run.sh

.PHONY: long
long: setup  ## ten hours: memory, progress, and the same output when killed (LONG=flags)
	@scripts/build.sh release $(PROGRAMS)
	@tools/long/run.sh $(LONG)

.PHONY: check-bare
check-bare:  ## prove `make run` and `make test` in a fresh Debian root (needs root)
	@scripts/setup.sh --bare
	@scripts/check-bare.sh

.PHONY: package
package: build  ## a Debian package of the programs in build/
	@cd build/release && cpack --config CPackConfig.cmake -B .. | tail -n 1

.PHONY: image
image: setup  ## an OCI image of the server in build/image, without a daemon
	@scripts/build.sh release $(PROGRAMS)
	@deploy/image/build.py --programs build/release --out build/image

.PHONY: clean
clean:  ## remove build/; models and their cache stay
	@rm -rf build
