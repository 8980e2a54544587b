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
