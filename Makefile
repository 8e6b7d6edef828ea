# make demo and make test need Python 3.12 or newer and make, nothing else.
PYTHON := .venv/bin/python

demo:
	@bin/bootstrap demo
	@exec $(PYTHON) manage.py demo

test:
	@bin/bootstrap test
	.venv/bin/pytest --create-db

check:
	@bin/bootstrap demo
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/lint-imports --no-cache
	.venv/bin/mypy
	.venv/bin/djlint templates --check --lint
	$(PYTHON) manage.py makemigrations --check
	$(PYTHON) bin/lock --check
	$(PYTHON) bin/translations --check

bench:
	@bin/bootstrap test
	@$(PYTHON) -m tests.load

lock:
	@bin/bootstrap demo
	$(PYTHON) bin/lock

# Needs gettext (xgettext); finds new texts, which then wait for their German.
messages:
	@bin/bootstrap demo
	$(PYTHON) manage.py makemessages -l de --no-location --no-wrap --no-obsolete -i tests -i var -i .venv -i staticfiles

translations:
	@bin/bootstrap demo
	$(PYTHON) bin/translations

clean:
	rm -rf .venv .tools var staticfiles

.PHONY: demo test check bench lock messages translations clean
