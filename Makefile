# make help   lists what there is to do. Needs Python 3.11 or newer, with its venv module, and nothing else.
#
# PYTHON=...  the Python to make .venv with; otherwise the first of these that will do.
# QUICK=1     make bench: count statements and steps of each request, and measure no times.
# KEEP=1      make try: keep what was posted, and show it the next time.
# ARGS=...    more for pytest (make test, test-all, soak), for make bench or for the bot (make run, make try).
# COVERAGE=1  make test: measure branches too, and fail below the floor in pyproject.toml where all tests are run.
# JOBS=...    make test, test-all and soak: in how many processes; otherwise two for each processor and one more, as tests often wait.

MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install setup description try run test test-all soak screenshots bench check format lock release clean

VENV := .venv
RUN := $(VENV)/bin/python
# Else each start compiles what the bot's user may not write beside the code, and all plugins.
COMPILE := $(RUN) -m compileall -q bot plugins storage coachbook_client coachbook_mcp
# All of run.txt, and the API.
NEEDED := requirements/feed.txt
DEVELOPMENT := requirements/dev.txt
JOBS ?= $(shell expr 2 \* "$$(getconf _NPROCESSORS_ONLN)" + 1)
COVERED := $(filter-out 0 no false,$(COVERAGE))
LONG := browser or crash or slow
# The files whose tests `make test` leaves out, some or all: each process would import all the others too.
LONG_FILES = $(if $(ARGS),,$$(grep -rlwE 'browser|crash|slow' tests --include='test_*.py'))
# Compiled once, and not by each of the processes that run tests.
unexport PYTHONDONTWRITEBYTECODE
KEPT := $(if $(filter-out 0 no false,$(KEEP)),--keep)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name what; do printf '%-18s %s\n' "$$name" "$$what"; done

install: ## make .venv with what the bot needs; does nothing when that is done
	@PYTHON='$(PYTHON)' sh .ci/setup $(VENV) $(NEEDED)
	@$(COMPILE)

setup: ## add to .venv what tests and checks need; does nothing when that is done
	@PYTHON='$(PYTHON)' sh .ci/setup $(VENV) $(DEVELOPMENT) $(NEEDED)
	@$(COMPILE)

description: setup # Discord's description of its API, which the tests compare with
	@sh .ci/openapi/fetch

try: install ## see the bot at work in a Discord of its own, on this machine (KEEP=1 keeps the plans)
	@$(RUN) -m bot try $(KEPT) $(ARGS)

run: install ## run the bot on Discord, with DISCORD_TOKEN from the environment
	@$(RUN) -m bot run $(ARGS)

test: description ## run what a change can break (ARGS='-k name' for some; COVERAGE=1 says which branches were run)
	@$(if $(COVERED),rm -rf .coverage)
	@$(RUN) -m $(if $(COVERED),coverage run -m )pytest -n $(JOBS) --dist worksteal -m "not ($(LONG))" $(ARGS)
	@$(if $(COVERED),$(RUN) -m coverage combine -q && $(RUN) -m coverage report $(if $(ARGS),--fail-under=0),:)

test-all: description ## run what `make test` leaves out: kills, broken disks, a real browser, long rounds
	@$(RUN) -m pytest -n $(JOBS) --dist worksteal -m "$(LONG)" $(ARGS) $(LONG_FILES)

soak: description ## kill, lock and break things for a long time, about an hour
	@SOAK=1 $(RUN) -m pytest -n $(JOBS) --dist worksteal --timeout 14400 $(ARGS) tests/plugins tests/e2e $$(grep -rl 'tests.rounds import' tests --include='test_*.py' --exclude-dir=plugins --exclude-dir=e2e)

screenshots: setup ## make the README's pictures again (needs Chromium)
	@$(RUN) -m tests.browser.pictures

bench: setup ## measure speed and memory (QUICK=1 only counts statements and steps; ARGS='--plans 10000' for smaller databases)
	@$(RUN) -m bench $(if $(filter-out 0 no false,$(QUICK)),--quick) $(ARGS)

check: setup ## check format, lint and types; changes nothing
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(RUN) -m basedpyright

format: setup ## format the code, and fix what ruff can fix
	@$(RUN) -m ruff format .
	@$(RUN) -m ruff check --fix .

lock: setup ## lock the newest versions that requirements/*.in allow, with hashes
	@sh .ci/lock $(RUN)

release: ## build the wheel and the sdist, and try each in an empty environment; publishes nothing
	@PYTHON='$(PYTHON)' sh .ci/release

clean: ## remove .venv and all that can be made again; the data folder stays
	@rm -rf $(VENV) $(VENV).lock .cache .coverage build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
