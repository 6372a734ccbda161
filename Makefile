# hashquake: `make demo` shows what it does, `make test` checks that it does it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
STAMPS := $(VENV)/.stamps

SUDO   := $(shell [ $$(id -u) = 0 ] || echo sudo)

.PHONY: help demo test test-slow test-e2e test-faults drill servers test-install container docs release bench lint format clean

help:
	@echo "make demo       install into .venv and write out/kazakhstan-2022.html"
	@echo "make test       lint, types, import contracts, tests"
	@echo "make test-slow  measure what is advertised in simulation, and write the table of it (minutes)"
	@echo "make test-e2e   against real nodes, a real database and a browser, which it installs (Debian)"
	@echo "make test-faults  a hundred faults of each kind while watching (half an hour)"
	@echo "make drill      an incident lived through by real programs, judged from outside (half an hour);"
	@echo "                SCENE=kazakhstan, elliott, quiet or workers; HOSTS=namespaces"
	@echo "make test-install  every command with lowest and newest libraries on every Python here, by pipx and uv"
	@echo "make container  the container by buildah, and a first report in it"
	@echo "make docs       the documentation as a site, into out/site"
	@echo "make release    changelog, packages, their checksums and bill of materials, into dist"
	@echo "make bench      speeds here compared with what one would pick instead, and of every part"
	@echo "make format     format the code"
	@echo "make clean      remove .venv and out"

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "hashquake needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..." >&2; exit 2; }
	@echo "making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/base: $(STAMPS)/venv pyproject.toml constraints.txt
	@echo "installing hashquake (a minute the first time)"
	@$(PIP) install --quiet -c constraints.txt -e .
	@touch $@

$(STAMPS)/test: $(STAMPS)/base
	@echo "installing the test extras"
	@$(PIP) install --quiet -c constraints.txt -e '.[test]'
	@touch $@

$(STAMPS)/serve: $(STAMPS)/base
	@$(PIP) install --quiet -c constraints.txt -e '.[serve]'
	@touch $@

demo: $(STAMPS)/serve
	@mkdir -p out
	@$(BIN)/hashquake report kazakhstan-2022 --db bundled --out out/kazakhstan-2022.html
	@echo "To look around in a browser: $(BIN)/hashquake serve --db bundled"

lint: $(STAMPS)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/python -m pytest -n auto

$(STAMPS)/oracles: $(STAMPS)/test
	@$(PIP) install --quiet -c constraints.txt -e '.[oracles]'
	@touch $@

test-slow: $(STAMPS)/oracles
	@rm -rf out/calibration
	$(BIN)/python -m pytest -m slow -n 2 --dist loadgroup; failed=$$?; \
	  $(BIN)/python -m tests.power.rows_table && exit $$failed

servers: $(STAMPS)/test
	@command -v chromium >/dev/null || { echo "installing Chromium"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq chromium >/dev/null; }
	@command -v npm >/dev/null || { echo "installing Node.js"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq nodejs npm >/dev/null; }
	@ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 || { echo "installing PostgreSQL"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq postgresql >/dev/null; }
	@command -v mosquitto >/dev/null || ls /usr/sbin/mosquitto >/dev/null 2>&1 || { echo "installing Mosquitto"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq mosquitto >/dev/null; }
	@{ command -v prometheus && command -v prometheus-alertmanager; } >/dev/null || { echo "installing Prometheus"; \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) env RUNLEVEL=1 apt-get install -y -qq --no-install-recommends prometheus prometheus-alertmanager >/dev/null; }
	@mkdir -p $(VENV)/node && cp tests/e2e/node/package.json $(VENV)/node
	@cd $(VENV)/node && npm install --ignore-scripts --no-package-lock --no-audit --no-fund --loglevel=error

$(STAMPS)/docs: $(STAMPS)/base
	@echo "installing what makes the site"
	@$(PIP) install --quiet -c constraints.txt -e '.[docs]'
	@touch $@

docs: $(STAMPS)/docs
	PYTHONPATH=. NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build

test-e2e: servers $(STAMPS)/docs
	$(BIN)/python -m pytest -m e2e -n 2 --dist loadfile

test-faults: servers
	FAULTS=100 $(BIN)/python -m pytest -m e2e -n 2 --dist load tests/faults

# SCENE=elliott plays one scene; HOSTS=namespaces gives each program a host of its own.
drill: servers
	$(BIN)/python -m tests.drill $(addprefix --scene ,$(SCENE)) $(addprefix --hosts ,$(HOSTS))

test-install: $(STAMPS)/test
	HASHQUAKE_TEST_INSTALL=1 $(BIN)/python -m pytest -m "slow or e2e" tests/install

container:
	scripts/build_container.sh

# The instant that all files of a release bear; the commit's, so that anyone can build them again.
release: export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)
release: day = $(shell date -u -d @$(SOURCE_DATE_EPOCH) +%F)
release: $(STAMPS)/test
	rm -rf dist
	$(BIN)/towncrier build --yes --date $(day)
	$(BIN)/python -m hatchling build -d dist
	$(BIN)/python scripts/build_sbom.py dist/hashquake-*.whl dist/hashquake.cdx.json
	cd dist && sha256sum * > SHA256SUMS
	@echo "review CHANGELOG.md, commit it with the removed fragments, tag, and publish dist"

# A library to compare with that cannot be had is skipped in the table, and tried again next time.
$(STAMPS)/bench: $(STAMPS)/test
	@if $(PIP) install --quiet -c constraints.txt -e '.[bench]'; then touch $@; \
	  else echo "some libraries to compare with were not installed: their rows are skipped"; fi

bench: $(STAMPS)/bench
	@$(BIN)/python bench/every.py

format: $(STAMPS)/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) out
