# `make run` and `make test` need nothing before them. `make help` lists the rest.
PYTHON ?= python3
JOBS ?= $(shell nproc)
-include Makefile.local

export CMAKE_BUILD_PARALLEL_LEVEL ?= $(JOBS)
# One name of the compiler for all builds, or they could not share what the cache holds.
export CXX
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check
BUILD_REQUIRES := $(shell sed -n 's/^requires = \[\(.*\)\]$$/\1/p' pyproject.toml | tr ',' ' ')
SOURCES := $(shell find CMakeLists.txt cmake server protocol python -path '*/.*' -prune -o -name __pycache__ -prune \
             -o -path protocol/vectors -prune -o -print)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: setup
setup: $(VENV)/.package ## Install what is missing and build the package into .venv

.PHONY: packages
packages:
	@.ci/install-packages .ci/apt-packages

$(VENV)/.requirements: pyproject.toml | packages
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "spikard needs Python 3.10 or later")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install $(BUILD_REQUIRES)
	@touch $@

# No build isolation: the build's own requirements stay at one place, so that CMake finds them again.
$(VENV)/.package: $(VENV)/.requirements $(SOURCES)
	$(PIP) install --verbose --no-build-isolation '.[test]'
	@touch $@

.PHONY: run
run: setup ## Serve examples/hello on http://127.0.0.1:8000
	@$(VENV)/bin/python examples/hello/server.py

.PHONY: test
test: test-release test-python test-debug test-sanitized ## Run every test, the native ones with sanitizers as well
	@.ci/summary 'ctest release' pytest 'ctest debug' 'pytest sanitized'

.PHONY: test-release test-debug test-tsan
test-release test-debug test-tsan: test-%: build-%
	@.ci/step 'ctest $*' ctest --preset $* -j $(JOBS)

.PHONY: build-release build-debug build-tsan build-fuzz
build-release build-debug build-tsan build-fuzz: build-%: setup
	@.ci/step 'build $*' sh -c 'cmake --preset $* && cmake --build --preset $*'

.PHONY: test-python
test-python: setup
	@.ci/step pytest $(VENV)/bin/python -m pytest

# Bounds of time and memory are not those of a sanitized build.
UNBOUND := --ignore tests/requests/test_slow_clients.py

# The front end and the extension of the debug preset, in the place of those that are installed. The interpreter is not
# instrumented, so the sanitizer must be there before it, and what it leaks at its end is its own.
.PHONY: test-sanitized
test-sanitized: build-debug
	@cmake --install build/debug --prefix build/debug/site >build/debug/install.log
	@.ci/step 'pytest sanitized' env PYTHONPATH=$(CURDIR)/build/debug/site SPIKARD_TEST_PATIENCE=4 \
	  LD_PRELOAD="$$($(CXX) -print-file-name=libasan.so) $$($(CXX) -print-file-name=libstdc++.so)" \
	  ASAN_OPTIONS=halt_on_error=1:detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	  $(VENV)/bin/python -m pytest $(UNBOUND) tests/requests tests/e2e

# Raw requests to a front end that watches its threads; and one in which it has something to see.
.PHONY: test-threads
test-threads: test-tsan
	@.ci/step 'pytest tsan' env SPIKARD_SERVER=$(CURDIR)/build/tsan/server/spikard-server SPIKARD_TEST_PATIENCE=4 \
	  TSAN_OPTIONS=halt_on_error=1:suppressions=$(CURDIR)/tests/tsan.supp $(VENV)/bin/python -m pytest $(UNBOUND) tests/requests
	@.ci/step 'planted race' $(VENV)/bin/python tests/requests/planted_race.py build/tsan

.PHONY: mutate
mutate: build-release ## Take each check of a request out in turn: a raw-bytes case must fail
	$(VENV)/bin/python tests/requests/mutate.py build/release

.PHONY: check
check: test checks ## Run the tests, then check format, lint, types and threads

.PHONY: checks
checks: check-format lint types test-threads build-fuzz
	@.ci/summary 'ctest tsan' 'pytest tsan'

$(VENV)/.lint: $(VENV)/.package
	@.ci/install-packages .ci/apt-packages-check
	$(PIP) install 'spikard[lint]'
	@touch $@

CXX_FILES = $(shell git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp')

.PHONY: check-format
check-format: $(VENV)/.lint
	@.ci/step 'format C++' clang-format-19 --dry-run --Werror $(CXX_FILES)
	@.ci/step 'format Python' $(VENV)/bin/ruff format --check

.PHONY: lint
lint: $(VENV)/.lint ## Look for mistakes without running anything
	@.ci/step lint $(VENV)/bin/ruff check

.PHONY: types
types: $(VENV)/.lint
	@.ci/step types $(VENV)/bin/mypy

.PHONY: format
format: $(VENV)/.lint ## Bring all code into its format
	clang-format-19 -i $(CXX_FILES)
	$(VENV)/bin/ruff check --fix --select I
	$(VENV)/bin/ruff format

.PHONY: bench
bench: setup ## Compare the speed with other servers (needs wrk)
	$(VENV)/bin/python -m benchmarks $(BENCH)

.PHONY: conformance
conformance: setup ## Be judged by suites that nobody here wrote
	$(VENV)/bin/python tests/conformance/json_schema_suite.py
	@.ci/install-packages .ci/apt-packages-conformance
	$(VENV)/bin/python tests/conformance/slow_http.py

SOAK_REQUESTS ?= 10000000

.PHONY: soak
soak: setup ## Ask SOAK_REQUESTS mixed requests of one server, and watch its memory (needs wrk)
	$(VENV)/bin/python -m benchmarks.worker memory --requests $(SOAK_REQUESTS)

CHAOS_SECONDS ?= 60

.PHONY: chaos
chaos: setup ## Kill workers under load for CHAOS_SECONDS per fault; rows in build/chaos are kept and not run again
	$(VENV)/bin/python tests/chaos/rows.py $(CHAOS_SECONDS)

CROWD_SECONDS ?= 10

.PHONY: crowds
crowds: setup ## Serve beside crowds of odd clients for CROWD_SECONDS each; rows in build/crowds are kept and not run again
	$(VENV)/bin/python tests/chaos/crowds.py $(CROWD_SECONDS)

FUZZ_SECONDS ?= 60

.PHONY: fuzz
fuzz: $(VENV)/.lint build-fuzz ## Fuzz each target for FUZZ_SECONDS
	@for target in build/fuzz/tests/fuzz/fuzz_*; do \
	  name=$${target##*/fuzz_}; \
	  mkdir -p build/fuzz/found/$$name; \
	  $$target -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=build/fuzz/found/ build/fuzz/found/$$name \
	    tests/fuzz/corpus/$$name || exit 1; \
	done

$(VENV)/.wheel: $(VENV)/.package
	$(PIP) install 'spikard[wheel]'
	@touch $@

# The wheel is built from the sdist, so that each proves itself. auditwheel takes in what Debian has and other systems
# need not have.
.PHONY: wheel
wheel: $(VENV)/.wheel ## Make dist/spikard-*.whl, which needs no package of the system, and the sdist
	@rm -rf dist build/wheel
	$(VENV)/bin/pyproject-build --sdist --no-isolation --outdir dist
	$(PIP) wheel --verbose --no-cache-dir --no-build-isolation --no-deps --wheel-dir build/wheel dist/spikard-*.tar.gz
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" auditwheel repair --wheel-dir dist build/wheel/spikard-*.whl
	@$(VENV)/bin/python docker/grafted.py dist/spikard-*.whl

# Options of the engine, for example --build-arg DEBIAN_IMAGE=..., or mounts of an apt or pip configuration.
export IMAGE_OPTIONS
ENGINE ?= podman

.PHONY: images
images: wheel ## Build the images spikard-front-end and spikard-app with ENGINE (podman or docker)
	$(ENGINE) build $(IMAGE_OPTIONS) --file docker/front-end/Dockerfile --tag spikard-front-end .
	$(ENGINE) build $(IMAGE_OPTIONS) --file docker/app/Dockerfile --tag spikard-app .

.PHONY: pod-test
pod-test: wheel ## Run the pod with podman, and kill and replace what is in it
	@$(VENV)/bin/python tests/pod

.PHONY: pod-speed
pod-speed: wheel ## Compare the speed of the pod with that of one container (needs podman and wrk)
	@$(VENV)/bin/python tests/pod/speed.py $(POD_SPEED)

.PHONY: clean
clean: ## Remove all that was built or installed here
	rm -rf build dist $(VENV) .mypy_cache .pytest_cache .ruff_cache
