# Two commands for a newcomer: `make run` and `make test`. Each sets up all that it needs in .venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run test check format docs clean

run: $(VENV)/.ready
	$(BIN)/chatrec serve --open

test: $(VENV)/.ready
	$(BIN)/python -m pytest

check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.ready
	$(BIN)/python -m typer chatrec.serving.cli utils docs --name chatrec --output docs/cli.md
	$(BIN)/chatrec test --schema > docs/dialogue.schema.json

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) build dist
