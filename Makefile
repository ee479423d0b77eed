# Every target makes its own .venv from a bare python3; nothing else has to be installed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check bench docs clean

demo: $(VENV)/demo.done  ## the worked examples, and a digit classifier with its pictures in out/
	$(BIN)/python examples/quickstart.py

test: $(VENV)/dev.done  ## the tests, on both cores
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal -q  # one process a core, one thread a process

check: $(VENV)/dev.done  ## lint, types, architecture, examples in docstrings
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q --doctest-modules autograd_core nn optim viz
	$(BIN)/python -m pytest -q --doctest-glob='*.md' README.md CONTRIBUTING.md docs

bench: $(VENV)/dev.done $(VENV)/benchmarks.done  ## side by side with the peers
	$(BIN)/python benchmarks/op_overhead.py
	$(BIN)/python benchmarks/train_step.py

$(VENV)/%.done: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable ".[$*]"
	touch $@

docs: $(VENV)/dev.done  ## writes docs/differentiability.md from the derivative table
	$(BIN)/python docs/write_differentiability.py

clean:
	rm -rf $(VENV) out
