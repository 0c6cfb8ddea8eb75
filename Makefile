# Two commands matter: `make demo` and `make test`. Both do all set-up. `make help` lists the rest.
SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
VIDEO ?=
PEOPLE ?=
# Two processes, each with a database of its own; a file's tests stay together, since some share a running product.
PYTEST_ARGS ?= -n 2 --dist loadfile
# An interpreter of your choice: make demo PYTHON=/path/to/python3.12
PYTHON ?=

.DEFAULT_GOAL := help
.PHONY: help demo up test test-pages test-long test-soak check format docs bench chaos compose-check compose-e2e constraints clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.demo ## Draw a sample video, index it, ask two questions, stay up (VIDEO=… PEOPLE=… for your own; DEMO_EXIT=1 to stop)
	@$(BIN)/python -m standalone.demo $(if $(VIDEO),--video "$(VIDEO)") $(if $(PEOPLE),--people "$(PEOPLE)")

up: $(VENV)/.demo ## The product in one process, at http://127.0.0.1:8000
	@$(BIN)/scenedesk up

test: $(VENV)/.test ## All tests but the long ones and those of pages in a browser
	SCENEDESK_OFFLINE=1 $(BIN)/python -m pytest -m "not long and not browser and not soak" $(PYTEST_ARGS)

test-pages: $(VENV)/.test ## The tests that use the pages in a real browser (Chromium on PATH)
	SCENEDESK_OFFLINE=1 $(BIN)/python -m pytest -m browser $(PYTEST_ARGS)

test-long: $(VENV)/.test ## The tests that take many seconds each
	SCENEDESK_OFFLINE=1 $(BIN)/python -m pytest -m long $(PYTEST_ARGS)

test-soak: $(VENV)/.test ## Editing at random for more than a hundred thousand steps, on demand
	SCENEDESK_OFFLINE=1 $(BIN)/python -m pytest -m soak --timeout 7200

check: $(VENV)/.test ## Format, lint, types, room borders, documentation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture

format: $(VENV)/.test ## Format the code and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.test ## Write docs/settings.md, docs/rest.md and .env.example from the code
	$(BIN)/python -m standalone.reference

bench: $(VENV)/.test ## One JSON line a figure, peers measured in the same run
	@over=; for figure in bench/[a-z]*.py; do \
	  echo "# $$figure"; SCENEDESK_OFFLINE=1 $(BIN)/python $$figure || over="$$over $$figure"; \
	done; if [ -n "$$over" ]; then echo "short of an aim:$$over" >&2; exit 1; fi

chaos: $(VENV)/.test ## Sixty videos indexed while workers are killed, as one JSON line
	$(BIN)/python tests/chaos.py --videos 60 --kills 6

compose-check: ## Validate the compose files with docker-compose
	@sh tests/compose/check.sh

compose-e2e: ## Build the whole stack with a real engine and run the main job through the gateway (root, minutes)
	@bash tests/compose/run.sh

constraints: $(VENV)/.test ## Write constraints.txt from what is installed
	@{ head -n 1 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable | sed -E '/^#/d; / @ /d; s/\+[a-z0-9.]+$$//'; } > constraints.new
	@mv constraints.new constraints.txt

clean: ## Remove the environment, the demo and caches; never your data in .scenedesk
	rm -rf $(VENV) .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# --- Set-up, done once and again when what is required changes ---

# 3.11 and 3.12 are supported; venv and ensurepip are checked since Debian packs them apart.
FITS = import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e

$(VENV)/.python:
	@for python in $(if $(PYTHON),"$(PYTHON)",python3.11 python3.12 python3 python); do \
	  if "$$python" -c '$(FITS)' >/dev/null 2>&1; then \
	    echo "Making $(VENV) with $$python ($$("$$python" --version))"; \
	    "$$python" -m venv $(VENV) && touch $@ && exit 0; exit 1; \
	  fi; \
	done; \
	echo "Scenedesk needs Python 3.11 or 3.12 with its venv module (Debian: apt install python3-venv;" >&2; \
	echo "macOS: brew install python@3.12). Or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; \
	exit 1

$(VENV)/.demo: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing Scenedesk into $(VENV) (once; a minute or two)"
	@$(INSTALL) '.[dlib,demo]'
	@touch $@

$(VENV)/.test: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing Scenedesk and its test tools into $(VENV) (once; a few minutes)"
	@$(INSTALL) '.[dlib,demo,hub,slack,llm,upscale,dev,bench]'
	@touch $@ $(VENV)/.demo
