PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: lock
lock: ## resolve the dependencies again and write the lock file
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header \
		--no-emit-index-url --python-version 3.11 --quiet --upgrade --output-file requirements.lock
