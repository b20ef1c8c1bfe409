# `make run` simulates the baseline of the United States, `make test` checks everything.
# Both set up what they need in .venv, once; nothing outside this folder is touched.

PYTHON   ?= $(shell command -v python3.11 || command -v python3)
SCENARIO ?= scenarios/us.toml
WORKERS  ?= 2
UV       ?= uv

VENV   := .venv
BIN    := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY  := $(VENV)/.ready

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONNOUSERSITE := 1

.DELETE_ON_ERROR:
.PHONY: help setup run test lint types unit coverage mutation format lock wheel clean

help:
	@echo "make run      simulate $(SCENARIO) (another: make run SCENARIO=file) into results/"
	@echo "make test     lint, types and tests"
	@echo "make coverage which lines of the compiled functions the tests reach"
	@echo "make mutation what share of small mistakes in the modules that decide the tests notice (MODULES=philox: one)"
	@echo "make setup    only make .venv"
	@echo "make format   put the Python files into the house format"
	@echo "make lock     resolve requirements.lock anew (needs uv)"
	@echo "make wheel    build dist/imgsim-*.whl"
	@echo "make clean    remove .venv and caches; results stay"

setup: $(READY)

run: $(READY)
	$(BIN)/python -m imgsim run $(SCENARIO)

test: lint types unit

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell imgsim tests docs scenarios changelog.d benchmarks Makefile pyproject.toml *.md

types: $(READY)
	$(BIN)/mypy --strict imgsim tests benchmarks docs

unit: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS)

# Compiled code cannot be traced: tests of compiled functions, run as plain Python (some minutes), and what they miss.
KERNEL_TESTS := $(addprefix tests/,base/test_by_reference.py base/test_dates.py base/test_randomness.py persons \
  markets/test_allocation.py markets/test_match_steps.py markets/test_match_by_hand.py markets/test_merit_ranked.py \
  engines/test_accumulators.py engines/test_two_engines.py outcomes/test_merit_rounds.py outcomes/test_order_statistics.py)

coverage: $(READY)
	NUMBA_DISABLE_JIT=1 $(BIN)/coverage run -m pytest $(KERNEL_TESTS) -k "not shipped"
	$(BIN)/python tests/house/kernel_coverage.py .coverage.kernels

# Some twenty minutes for all modules; python -m tests.mutation --help says what else it can do.
mutation: $(READY)
	$(BIN)/python -m tests.mutation $(MODULES)

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: $(READY)
	$(BIN)/python -m hatchling build -t wheel

# The exact packages of the lock, each checked by its hash: a new lock begins a new environment.
$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "imgsim is locked to Python 3.11; found " + sys.version.split()[0] + " (make PYTHON=/path/to/python3.11)")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

# The project itself, in place: edits need no reinstallation.
$(READY): $(LOCKED) pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

lock:
	$(UV) pip compile pyproject.toml --extra dev --python-version 3.11 --universal --generate-hashes \
	  --no-emit-index-url --no-header --upgrade --output-file requirements.lock

clean:
	rm -rf $(VENV) .coverage.kernels build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find imgsim tests -name __pycache__ -type d -prune -exec rm -rf {} +
