# Each verb sets up what it needs in a virtual environment of its own.
PYTHON ?= python3
DEMO := .venv-demo
TEST := .venv-test
LOG := build/demo/audit.db

.PHONY: demo test lint model clean

demo: $(DEMO)/ready
	rm -rf build/demo && mkdir -p build/demo
	$(DEMO)/bin/zwgk classify --log $(LOG) examples
	$(DEMO)/bin/zwgk audit verify $(LOG)

test: $(TEST)/ready
	$(TEST)/bin/python -m pytest -n 2 tests

lint: $(TEST)/ready
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check zwgk_classify tests
	$(TEST)/bin/mypy
	$(TEST)/bin/lint-imports

model: $(TEST)/ready
	$(TEST)/bin/zwgk model train

$(DEMO)/ready: setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/pip install --quiet --disable-pip-version-check -c constraints.txt ".[fast]"
	touch $@

$(TEST)/ready: setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv $(TEST)
	$(TEST)/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test,lint]"
	touch $@

clean:
	rm -rf build dist *.egg-info $(DEMO) $(TEST)
