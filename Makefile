# make run | test | check | bench      Each sets up what it needs; a second time it is quick.
# PORT=8001 make run     DIENHONG_HOME=/srv/dienhong make run     DATABASE_URL=postgresql://… make run
.DEFAULT_GOAL := help
.PHONY: help run test screens check bench install install-dev lock format clean

export DIENHONG_HOME ?= $(CURDIR)/.dienhong
# Bytecode is kept whatever the shell says: a site is a dozen programs, and each would compile all of it for itself.
unexport PYTHONDONTWRITEBYTECODE
PYTHON := .venv/bin/python

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: install  ## run everything here, with demo accounts, on http://127.0.0.1:8000
	@DIENHONG_DEMO=$${DIENHONG_DEMO:-1} exec $(PYTHON) manage.py up

test: install-dev  ## all tests
	@bin/need-tools
	@$(PYTHON) -m pytest -n 2 --dist loadfile $(ARGS)

screens: install-dev  ## the pictures in docs/: of the journeys, and of a demo site at ADDRESS if one is named
	@bin/need-tools
	@DIENHONG_SCREENS=$(CURDIR)/docs/screens/journey $(PYTHON) -m pytest -p no:cacheprovider tests/test_journey.py
	@DIENHONG_SCREENS=$(CURDIR)/docs/screens/service $(PYTHON) -m pytest -p no:cacheprovider tests/test_service_journey.py
	@[ -z "$(ADDRESS)" ] || $(PYTHON) -m tests.pictures $(ADDRESS) docs/screens

check: install-dev  ## format, lint, types, layers, migrations, deploy checks
	@$(PYTHON) bin/check

bench: install-dev  ## measure, beside the limits that were set (bench/results.json)
	@$(PYTHON) -m bench.run $(ARGS)

install:
	@bin/install requirements.lock

install-dev:
	@bin/install requirements-dev.lock

lock: install-dev  ## pin versions again from pyproject.toml
	@$(PYTHON) -m uv pip compile pyproject.toml --upgrade --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --quiet -o requirements.lock
	@$(PYTHON) -m uv pip compile pyproject.toml --group dev -c requirements.lock --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --quiet -o requirements-dev.lock

format: install-dev  ## put the code in its form
	@$(PYTHON) -m ruff format . && $(PYTHON) -m ruff check --fix .

clean:  ## remove the virtual environment (the data stays)
	rm -rf .venv
