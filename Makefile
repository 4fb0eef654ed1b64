.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# Twice as many as there are cores: many tests wait for a CRM.
JOBS ?= $(shell $(PYTHON) -c 'import os; print(os.cpu_count() * 2)')

help:  ## show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/run.stamp  ## run the whole loop against a CRM on this machine
	@$(BIN)/keptword demo

# Neighbours share what is costly to set up, so that a file stays in one process; the longest files come first, by name.
# The profile makes up the same examples every time: the same code gives the same answer. `explore` looks for new ones.
test: .venv/dev.stamp  ## run every test
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -q --hypothesis-profile ci

explore: .venv/dev.stamp  ## run the tests of properties, with examples nobody has tried
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -q -m hypothesis --hypothesis-profile default

# Apart from the tests: to watch every line takes twice the time, above all where a test starts the command.
coverage: .venv/dev.stamp  ## run every test, and say which lines none of them reached
	@rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -q
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report --skip-covered --skip-empty | tail -40

fuzz: .venv/dev.stamp .venv-fuzz/fuzz.stamp  ## let a fuzzer make up conditions for FUZZ_SECONDS (60)
	FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) PYTHONPATH=.venv-fuzz:. $(BIN)/python tests/fuzz_condition.py

model: .venv/dev.stamp  ## tell MODEL_STORIES (50) random stories of each CRM, and hold its tasks against a model
	MODEL_STORIES=$(or $(MODEL_STORIES),50) $(BIN)/pytest -n $(JOBS) --dist worksteal -q tests/loop/model

lint: .venv/dev.stamp  ## lint, format, types, import layers, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

check: lint test  ## everything that must be green before a merge

format: .venv/dev.stamp  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/dev.stamp  ## write the pages that are made from the code
	$(BIN)/python docs/write_pages.py

lock: .venv/dev.stamp  ## write the locked requirements anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra sandbox pyproject.toml requirements/build.in -o requirements/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra sandbox --extra postgres --group dev -c requirements/run.txt \
		pyproject.toml requirements/build.in -o requirements/dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		requirements/fuzz.in -o requirements/fuzz.txt

clean:  ## remove the environment and what the tools left
	rm -rf .venv .venv-fuzz .fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# Beside the other environment, not in it: tests need nothing of it.
.venv-fuzz/fuzz.stamp: requirements/fuzz.txt .venv/dev.stamp
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps --upgrade --target .venv-fuzz -r requirements/fuzz.txt
	@touch $@

.PHONY: help demo test explore coverage fuzz model lint check format docs lock clean
