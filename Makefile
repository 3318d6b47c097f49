# Everything here needs Python 3.11 or later with its pip, git and make. Only the set-up and `make lock` use the
# network, and only PyPI.  make PYTHON=python3.12 chooses another Python, make evaluate YEAR=2022/23 another year.

PYTHON ?= python3
YEAR ?=
ARGS ?=

UV_VERSION := 0.13.9
UV := .tools/bin/uv
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SPARK_READY := $(VENV)/.spark-ready

# Tests on two cores, a file on one of them; SIDE_BY_SIDE= runs them one after another.
SIDE_BY_SIDE ?= -n 2 --dist loadfile --no-loadscope-reorder
PYTEST := $(BIN)/python -m pytest

export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
# Councils' networks often put a certificate of their own between; it is among the system's. A bare machine has none.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt),true,false)
unexport VIRTUAL_ENV
# Where this is set every process compiles every library again: the tests start many and take twice as long.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup spark evaluate workbench test check quick bench docs environment lock clean

help:  ## this list
	@echo "make evaluate   sets up, then evaluates the latest year and says where the report is"
	@echo "make test       sets up, then runs everything that CI runs"
	@echo
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/\1 \2/p' Makefile | while read -r name words; do \
	  printf '  %-12s %s\n' "$$name" "$$words"; done

# ---- set-up: uv beside the project (works where Python is externally managed and where venv is missing),
#      then exactly what requirements.lock names, each file checked against its hash

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "make: $(PYTHON) is missing or older than 3.11. Say which to use: make PYTHON=python3.11" >&2; exit 1; }
	@echo "setting up: uv $(UV_VERSION) in .tools"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
	  --upgrade --target .tools "uv==$(UV_VERSION)"
	@touch $(UV)

# Spark is large (430 MB) and few need it: the ordinary set-up leaves it out, the tests and `make spark` add it.
$(READY): requirements.lock pyproject.toml Makefile $(UV)
	@echo "setting up: the libraries of requirements.lock in $(VENV)"
	@test -x $(BIN)/python || $(UV) venv --quiet --clear \
	  --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV)
	@awk '/^[a-z]/ {keep = !/^(pyspark|py4j)==/} keep' requirements.lock > $(VENV)/without-spark.lock
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes $(VENV)/without-spark.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $(READY)

$(SPARK_READY): $(READY)
	@echo "setting up: Spark (onroll[spark])"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes --no-build-isolation-package pyspark \
	  -r requirements.lock
	@touch $(SPARK_READY)

setup: $(READY)  ## only the set-up

spark: $(SPARK_READY)  ## the set-up with Spark, for counting on a cluster (needs Java 17)

# ---- the two commands

evaluate: $(READY)  ## the evaluation of the latest year, or of YEAR; ARGS are handed on to onroll evaluate
	@$(BIN)/onroll evaluate $(if $(YEAR),--year $(YEAR)) $(ARGS)

test: check $(SPARK_READY)  ## everything: check, all tests with the slow ones, the notebooks, the browser, the benchmarks once
	$(PYTEST) -m "" --benchmark-disable $(SIDE_BY_SIDE) tests benchmarks

# ---- parts of them

check: $(READY)  ## lint, types and the law of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

quick: $(READY)  ## the tests that are not slow
	$(PYTEST) $(SIDE_BY_SIDE) $(ARGS)

bench: $(READY)  ## how fast, as ratios to the ordinary way of doing the same
	$(PYTEST) -m "" --benchmark-only --benchmark-columns=min,median,rounds -s benchmarks

workbench: $(READY)  ## JupyterLab on the notebooks
	$(BIN)/onroll workbench

# ---- files that are made from others; tests compare them

docs: $(READY)  ## docs/public_names.md, data_dictionary.md and known_truth.md anew from code, contracts and the study
	$(BIN)/python docs/generate.py public_names data_dictionary known_truth

environment: $(READY)  ## environment.yml anew from pyproject.toml
	$(BIN)/python docs/generate.py environment

lock: $(UV)  ## requirements.lock anew from pyproject.toml, newest versions that fit (asks PyPI)
	$(UV) pip compile --quiet --universal --generate-hashes --all-extras --python-version 3.11 --upgrade \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.lock

clean:  ## the set-up and the caches away; runs and data stay
	rm -rf $(VENV) .tools build dist src/*.egg-info .benchmarks .hypothesis .import_linter_cache .mypy_cache \
	  .pytest_cache .ruff_cache
	find src tests benchmarks docs -name __pycache__ -prune -exec rm -rf {} +
