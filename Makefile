# Every target makes its own .venv from a bare python3; nothing else has to be installed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo examples test browser check bench mutants docs clean

demo: $(VENV)/demo.done  ## the worked examples, and a digit classifier with its pictures in out/
	$(BIN)/python examples/quickstart.py

examples: $(VENV)/examples.done  ## all examples, one after the other: ten minutes; pictures in out/
	@set -e; for file in examples/*.py; do echo; echo "== $$file"; OPENBLAS_NUM_THREADS=1 $(BIN)/python $$file; done
	@echo; echo "Pictures to look at:"; ls out/*.svg out/*.png

test: $(VENV)/dev.done  ## the tests, on both cores
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal -q  # one process a core, one thread a process

browser: $(VENV)/dev.done $(VENV)/browser.done  ## the tests of viz.explore in a real browser; as root it installs Chromium
	command -v chromium || command -v google-chrome || (apt-get update && apt-get install --yes --no-install-recommends \
		chromium) || echo "No Chromium, and none to be installed here: the tests that need it are skipped."
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q tests/browser

check: $(VENV)/dev.done  ## lint, types, architecture, examples in docstrings
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q --doctest-modules autograd_core nn optim viz
	$(BIN)/python -m pytest -q --doctest-glob='*.md' README.md CONTRIBUTING.md docs

bench: $(VENV)/dev.done $(VENV)/benchmarks.done  ## side by side with the peers
	$(BIN)/python benchmarks/op_overhead.py
	$(BIN)/python benchmarks/train_step.py
	$(BIN)/python benchmarks/layers.py
	$(BIN)/python benchmarks/debugging.py
	$(BIN)/python benchmarks/optimizers.py
	$(BIN)/python benchmarks/pictures.py

mutants: $(VENV)/dev.done  ## thousands of wrong engines: what gradcheck catches; writes docs/mutants.md
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/mutants/survey.py

$(VENV)/%.done: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable ".[$*]"
	touch $@

docs: $(VENV)/dev.done  ## writes docs/differentiability.md and the pictures that take seconds; runs the lesson
	$(BIN)/python docs/scripts/write_differentiability.py
	@set -e; for page in activations comparing gallery plots step_size; do \
		echo "$$page"; OPENBLAS_NUM_THREADS=1 $(BIN)/python docs/scripts/draw_$$page.py; done
	OPENBLAS_NUM_THREADS=1 $(BIN)/python docs/scripts/run_lesson.py

clean:
	rm -rf $(VENV) out
