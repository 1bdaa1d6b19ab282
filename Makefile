# One word for each thing a contributor does. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test test-full test-mutants lint bench screens lock machine
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.app ## install everything, load the demo day and serve it (PORT=, ONESTOP_VAR=, PLAY=20)
	@exec $(BIN)/onestop demo

# Memory where there is some: durability has tests of its own, the others need not wait for a disk.
TEMP = $(shell test -w /dev/shm && echo /dev/shm || echo /tmp)

test: lint machine ## everything the project checks about itself, on SQLite and PostgreSQL (ARGS= for pytest)
	PYTEST_DEBUG_TEMPROOT=$(TEMP) $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup -m "not full" $(ARGS)

test-full: lint machine ## the same with the big sizes
	PYTEST_DEBUG_TEMPROOT=$(TEMP) $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup -m "full or not full" $(ARGS)

test-mutants: $(VENV)/.test machine ## make known mistakes one at a time in a copy: the tests must notice (ARGS= their names)
	TMPDIR=$(TEMP) $(BIN)/python -m tests.mutants --workers $(WORKERS) $(ARGS)

lint: $(VENV)/.test ## style, types, import contracts, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/basedpyright
	$(BIN)/djlint --quiet --lint templates

bench: $(VENV)/.test machine ## measure; results as JSON under var/bench and a table (ARGS= names of benchmarks)
	$(BIN)/python -m bench $(ARGS)

screens: $(VENV)/.test machine ## make the pictures in docs/screens
	$(BIN)/python -m tests.screens $(ARGS)

lock: $(VENV)/.python ## write requirements/*.txt and the ticket machine's anew, hashed, without addresses
	$(PIP) install uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 pyproject.toml -o requirements/app.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 requirements/build.in -o requirements/build.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 requirements/test.in -o requirements/test.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 kiosk/agent/requirements.in -o kiosk/agent/requirements.txt

machine: ## on Debian: the packages the tests need, only those that are missing
	@tests/machine.sh

# Stamps: each says that .venv holds what stands left of it, so that a second run is quick.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "onestop needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "This Python cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2; exit 2; }
	@touch $@

$(VENV)/.app: $(VENV)/.python requirements/app.txt requirements/build.txt pyproject.toml
	@echo "Installing onestop into $(VENV) (about a minute the first time)"
	$(PIP) install --require-hashes -r requirements/app.txt
	$(PIP) install --require-hashes -r requirements/build.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.app requirements/test.txt
	@echo "Installing what the tests need into $(VENV)"
	$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@
