# Everything a developer or CI runs. Needs make and Python 3.11 or newer; `make test-live` needs Go too.
#
#   make demo     try the prompt against the embedded server; without a terminal a tour of real commands
#   make test     unit, property, playbook and loopback tests
#   make check    the whole truth: format, lint, types, generated files, tests, coverage
#   make fix      what can be repaired by itself: format and lint
#   make help     every target
#
# The virtual environment in .venv is made on first use, with uv where it is on PATH; nothing is installed elsewhere.
# A stamp file per dependency group says that it is in place; a change of pyproject.toml asks again.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
CACHE := .cache
UV := $(shell command -v uv 2>/dev/null)
# The first interpreter that is new enough.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
# Coverage of the whole package by the whole suite, in percent; it only goes up.
COVERAGE_MIN := 90

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 28

# --- the environment ---------------------------------------------------------------------------------------------

# The first pip that reads dependency groups (PEP 735) is 25.1; Python 3.11 comes with 22 or 23.
$(VENV)/.made:
ifeq ($(UV),)
	@test -n "$(PYTHON)" || { echo "lksig needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
else
	@test -x $(BIN)/python || $(UV) venv --quiet --python '>=3.11' $(VENV)
endif
	@touch $@

ifeq ($(UV),)
INSTALL = $(BIN)/python -m pip install --quiet
else
INSTALL = $(UV) pip install --quiet --python $(BIN)/python
endif

$(VENV)/.installed: pyproject.toml | $(VENV)/.made
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.installed-%: pyproject.toml | $(VENV)/.made
	$(INSTALL) --editable . --group $*
	@touch $@ $(VENV)/.installed

.PHONY: venv
venv: $(VENV)/.installed-check ## make .venv with everything a developer needs

# --- try it --------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.installed ## try the prompt against the embedded server; without a terminal a tour of real commands
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo.sh

# --- prove it ------------------------------------------------------------------------------------------------------

.PHONY: test
test: $(VENV)/.installed-test ## unit, property, playbook and loopback tests, on all processors
	$(BIN)/python -m pytest -q -n auto

.PHONY: check
check: $(VENV)/.installed-check $(VENV)/.installed-proto ## format, lint, types, generated files, tests, coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python proto/generate.py --check
	$(BIN)/python docs/generate.py --check
	$(BIN)/python tests/check_pure_coverage.py
	$(BIN)/coverage combine --quiet --keep --data-file=$(CACHE)/coverage/.coverage $(CACHE)/coverage
	$(BIN)/coverage report --data-file=$(CACHE)/coverage/.coverage --skip-covered --skip-empty --fail-under=$(COVERAGE_MIN)

.PHONY: test-live
test-live: $(VENV)/.installed-test ## against the real livekit-server, which is built on first use (Go)
	$(BIN)/python -m pytest -q tests/live

.PHONY: test-newest-typer
test-newest-typer: ## the tests of the command line with the newest Typer, beyond the cap in pyproject.toml
	$(MAKE) --no-print-directory VENV=$(CACHE)/newest-typer $(CACHE)/newest-typer/.installed-test
	$(MAKE) --no-print-directory VENV=$(CACHE)/newest-typer newest-typer-run

.PHONY: newest-typer-run
newest-typer-run:
	$(INSTALL) --upgrade typer
	$(BIN)/python -m pytest -q tests/cli tests/test_lazy_imports.py

.PHONY: test-lowest
test-lowest: ## all tests with the oldest dependencies that pyproject.toml allows
	$(MAKE) --no-print-directory VENV=$(CACHE)/lowest $(CACHE)/lowest/.installed-test
	$(MAKE) --no-print-directory VENV=$(CACHE)/lowest lowest-run

.PHONY: lowest-run
lowest-run:
	$(BIN)/python tests/lowest_versions.py > $(CACHE)/lowest.txt
	$(INSTALL) --requirement $(CACHE)/lowest.txt
# The livekit-protocol package, which tests compare with, was generated for another protobuf and says so. As a variable,
# so that a pytest which a test starts hears of it too.
	PYTEST_ADDOPTS="-W 'ignore:Protobuf gencode version:UserWarning'" $(BIN)/python -m pytest -q

.PHONY: smoke
smoke: $(VENV)/.installed ## build the wheel, install it alone into a fresh environment, run it
	sh tests/smoke_wheel.sh $(BIN)/python $(CACHE)/smoke

.PHONY: check-upstream
check-upstream: $(VENV)/.installed-proto $(VENV)/.installed-test ## compare the schema with LiveKit's own, field by field
	$(BIN)/python proto/check_upstream.py

.PHONY: bench
bench: $(VENV)/.installed-test ## the figures of benchmarks/
	@for file in benchmarks/[a-z]*.py; do test -e "$$file" || continue; echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

# --- change files --------------------------------------------------------------------------------------------------

.PHONY: fix
fix: $(VENV)/.installed-check ## repair format and lint
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: proto
proto: $(VENV)/.installed-proto ## make lksig/_proto from proto/
	$(BIN)/python proto/generate.py

.PHONY: golden
golden: $(VENV)/.installed-test ## write what is printed now into tests/golden; look at the difference before committing
	$(BIN)/python -m pytest -q --update-golden tests/render tests/cli tests/recording

.PHONY: docs
docs: $(VENV)/.installed-test ## make the generated parts of docs/ and completions/
	@for file in docs/generate*.py; do $(BIN)/python "$$file" || exit 1; done

.PHONY: clean
clean: ## remove what can be made again; `make distclean` also removes .venv
	rm -rf $(CACHE) dist build .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

.PHONY: distclean
distclean: clean
	rm -rf $(VENV)
