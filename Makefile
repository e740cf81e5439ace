PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
SETS := dev fetch gcs page postgresql s3 search spark team
STAMPS := $(VENV)/.installed-sets
COMPILED ?= --compile-bytecode

.DEFAULT_GOAL := help
.PHONY: help install train test test-fast test-python test-newest test-slow test-image lint lock sample screenshots \
	bench bench-short clean alibi evidently $(SETS:%=install-%)
.NOTPARALLEL:  # one set after the other: each is added to those that are installed

help: ## list these targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

install: $(STAMPS)/base ## make .venv from the lock file, with what every command but those of the sets below needs
install-dev: ## add tests, linters and all sets
install-fetch: ## add the download of the article's reviews
install-gcs: ## add Google's object store, for Spark
install-page: ## add the page for people
install-postgresql: ## add predictions recorded in PostgreSQL
install-s3: ## add the stack s3, and S3 for Spark
install-search: ## add the search engine hyperopt
install-spark: ## add training and scoring on Spark
install-team: ## add the server of the stack team

$(SETS:%=install-%): install-%: $(STAMPS)/%

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/# via/p' requirements.lock | $(BIN)/python -m pip install --quiet --require-hashes --requirement /dev/stdin

# The packages of every installed set, in the versions and with the hashes of the lock file; any others are removed.
$(STAMPS)/base $(SETS:%=$(STAMPS)/%): $(STAMPS)/%: requirements.lock pyproject.toml | $(BIN)/uv
	mkdir -p $(STAMPS)
	extras=$$(for set in $(SETS); do test ! -e $(STAMPS)/$$set || echo --extra $$set; done); \
	$(BIN)/uv pip install --quiet $(COMPILED) --python $(BIN)/python --exact --require-hashes \
		--constraint requirements.lock --requirements pyproject.toml --group install \
		$$extras $(patsubst %,--extra %,$(filter-out base,$*))
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $(STAMPS)/base $@ && touch $(STAMPS)/*

train: install ## install, then train and compare every candidate
	$(BIN)/python run.py

test: install-dev lint ## lint, then every test
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --durations 10

STARTING := browser e2e examples scoring search service spark stack_config steps tracking webapp \
	$(addprefix faults/test_,homes.py interrupted.py machine.py messages.py)

test-fast: install-dev ## the tests that start no command, server or database
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(addprefix --ignore tests/,$(STARTING))

test-python: ## the fast tests on another Python that the project claims: make test-python PYTHON=python3.12
	$(MAKE) test-fast VENV=build/$(notdir $(PYTHON)) COMPILED=  # tests import a part of it

NEWEST := build/newest

test-newest: install ## the fast tests with the newest libraries that pyproject.toml allows, without the lock file
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(NEWEST)
	$(BIN)/uv pip install --quiet --python $(NEWEST)/bin/python --upgrade --group install --editable '.[dev]'
	$(NEWEST)/bin/python -m steps.shared.overrides
	mkdir $(NEWEST)/.installed-sets && touch $(NEWEST)/.installed-sets/base $(NEWEST)/.installed-sets/dev
	$(MAKE) test-fast VENV=$(NEWEST)

test-slow: install-dev ## every test, those that take minutes too: many swaps, kills, a team's server, clusters, browsers
	$(BIN)/python -m pytest -m "not image" --numprocesses 2 --dist loadfile --durations 10

test-image: install-dev ## build the image of the service and start it (root, buildah, debootstrap)
	$(BIN)/python -m pytest -m image tests/service/test_image.py

lint: install-dev ## style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: UPGRADE = --upgrade
lock: $(BIN)/uv ## resolve the dependencies again and write the lock file
	$(BIN)/uv pip compile pyproject.toml --all-extras --group install --universal --generate-hashes --no-header \
		--no-emit-index-url --python-version 3.11 --quiet $(UPGRADE) --output-file requirements.lock
	$(MAKE) lock-gcp lock-aws lock-kubernetes lock-service lock-prefect lock-alibi lock-evidently

lock-service: $(BIN)/uv ## resolve what an image of the service installs, to the versions of the project's own lock file
	for name in service-linear service service-keras; do \
		$(BIN)/uv pip compile stack_config/$$name.in --constraint requirements.lock --generate-hashes --no-header \
			--no-annotate --no-emit-index-url --python-version 3.11 --python-platform x86_64-manylinux_2_28 --quiet \
			--output-file stack_config/$$name.lock; \
	done

lock-prefect: $(BIN)/uv ## resolve what the Prefect example installs, all but Prefect to the project's own versions
	grep -oE "^($$(grep -xE '[a-z-]+' examples/prefect/requirements.in | paste -sd '|' -))==[^\\]+" requirements.lock \
		>.venv/prefect.constraints
	$(BIN)/uv pip compile examples/prefect/requirements.in --constraint .venv/prefect.constraints --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --python-version 3.11 --quiet --upgrade \
		--output-file examples/prefect/requirements.lock

alibi: install ## the environment of `monitor --detector alibi` (Business Source License; see tools/alibi.in)
evidently: install ## the environment of `monitor --evidently FILE`
alibi evidently:
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python tools/.venv/$@
	$(BIN)/uv pip sync --quiet --python tools/.venv/$@/bin/python --require-hashes tools/$@.lock

lock-alibi lock-evidently: lock-%: $(BIN)/uv ## resolve what one of these environments has
	$(BIN)/uv pip compile tools/$*.in --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--python-version 3.11 --quiet --upgrade --output-file tools/$*.lock

lock-gcp: INTEGRATIONS = gcp
lock-aws: INTEGRATIONS = aws s3
lock-kubernetes: INTEGRATIONS = kubernetes s3
lock-%: install ## resolve what the image of one stack installs, e.g. lock-gcp
	$(BIN)/zenml integration export-requirements $(INTEGRATIONS) --overwrite --output-file .venv/$*.in
	$(BIN)/uv pip compile pyproject.toml .venv/$*.in --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --python-version 3.11 --python-platform x86_64-manylinux_2_28 --quiet \
		--output-file stack_config/$*.lock

sample: install ## write the bundled sample again
	$(BIN)/python data/make_sample.py

screenshots: install-dev ## make the README's pictures again, from a run on the sample (needs Chromium)
	$(BIN)/python -m tests.browser.screenshots

bench: install-dev ## every speed comparison, side by side
	$(BIN)/python -m benchmarks

bench-short: install-dev ## the same in minutes, on the sample: fails on a gross regression
	$(BIN)/python -m benchmarks --short --data sample

clean: ## remove the environment and caches; trained models stay
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
