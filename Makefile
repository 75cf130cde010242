# Everything needs only Python 3.11+ and make; the first target that runs sets up .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help

help:  ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -m tools.venv $(VENV) requirements.lock
	@pwd -P > $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml
	@$(PYTHON) -m tools.venv $(VENV) requirements-dev.lock
	@pwd -P > $(VENV)/.runtime
	@touch $@

# An environment holds the path of its folder and of its Python: after a move, or an upgrade, it is made anew.
ifneq ($(shell cd $(VENV) 2>/dev/null && test -s .runtime && \
	{ test "$$(cat .runtime)" = "$$(cd .. && pwd -P)" && test -x bin/python || echo stale; }),)
$(VENV)/.runtime $(VENV)/.dev: FORCE
FORCE:
endif

venv: $(VENV)/.runtime  ## Set up .venv

# Several bots need a PostgreSQL; the environment for development has one.
demo: $(VENV)/$(if $(BOTS),.dev,.runtime)  ## Run the tutor in a local Discord with a web page (BOTS=2: two of them)
	$(BIN)/saem demo $(if $(BOTS),--bots $(BOTS))

run: $(VENV)/.runtime  ## Run the bot on the Discord servers it is invited to
	$(BIN)/saem run

test: browser tesseract sandbox  ## Check and test everything, both at once: tests wait for much, checks for nothing
	@$(MAKE) --no-print-directory -j 2 check suite

suite: $(VENV)/.dev
	$(BIN)/python -m tools.run_tests

test-fast: $(VENV)/.dev  ## Test what the change since SINCE can touch, in about two minutes
	$(BIN)/python -m tools.run_tests --fast $(if $(SINCE),--since $(SINCE))

durations: browser  ## Write tests/durations.json anew: the slowest test files run first
	$(BIN)/pytest -n 5 --dist loadfile --no-loadscope-reorder --record-durations

check: $(VENV)/.dev  ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

browser: $(VENV)/.dev  ## Bring a browser for the page's tests, where that can be done
	$(BIN)/python -m tools.browser

tesseract: $(VENV)/.dev  ## Bring Tesseract for the tests of scanned pages, where that can be done
	$(BIN)/python -m tools.tesseract

sandbox: $(VENV)/.dev  ## Bring bubblewrap for the tests of the sandbox, where that can be done
	$(BIN)/python -m tools.bubblewrap

conformance: tesseract sandbox  ## Write docs/conformance.md anew: the API's operations, events and clients
	$(BIN)/python -m tests.conformance.page

format: $(VENV)/.dev  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev  ## Measure; prints the tables of docs/performance.md
	$(BIN)/python -m benchmarks

SEEDS := $(foreach seed,1 2 3 4 5 6 7 8 9 10,--seed $(seed))

chaos: $(VENV)/.dev  ## Let students work while everything fails, ten times with each database, and look what became of it
	$(BIN)/python -m benchmarks.chaos $(SEEDS)
	$(BIN)/python -m benchmarks.chaos $(SEEDS) --database postgres --bots 2 --assistants 2 --kill-each 60

pictures: browser  ## Take the screenshots that the documents show
	SCREENSHOTS=docs/pictures $(BIN)/pytest -m browser

animation: browser  ## Record the README's animation from the demo
	$(BIN)/python -m tests.animation

translations: $(VENV)/.dev  ## Write what there is to translate, and the catalogues, anew from the code
	$(BIN)/python -m tools.translations

lock: $(VENV)/.dev  ## Write the requirements locks anew
	$(BIN)/python -m tools.lock

clean:  ## Remove the environment and caches (never data/)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: help venv demo run test suite test-fast durations check browser tesseract sandbox conformance format bench chaos pictures animation translations lock clean
