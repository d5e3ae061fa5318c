# Two commands to know: `make run` and `make test`. `make help` lists the others.
.POSIX:
.SUFFIXES:
.PHONY: help run serve test test-full check setup lock bench screenshots

PY = .venv/bin/python
# A file of tests stays in one process, for what its tests share; in order, so that the long ones do not come last.
AT_ONCE = --numprocesses 2 --dist loadfile --no-loadscope-reorder

help: ## cette liste
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: setup ## la démonstration : installe, prépare, sert sur http://127.0.0.1:8000 jusqu'à Ctrl-C
	@$(PY) -m eventapp.run --end-with-parent

test: setup ## toute la suite de tests (PostgreSQL et Chromium s'ils sont installés)
	@scripts/setup browser
	@$(PY) -m pytest -m "not long" $(AT_ONCE) $(ARGS)

test-full: setup ## la suite avec les mesures longues
	@scripts/setup browser
	@$(PY) -m pytest $(ARGS)

check: setup ## style, mise en forme, types, dépendances
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) scripts/audit.py

setup: ## seulement l'installation (.venv et dépendances verrouillées)
	@scripts/setup development

serve: ## le serveur web de production, configuré par l'environnement ; migrations appliquées d'abord
	@scripts/setup production
	@$(PY) -m eventapp.serve --end-with-parent

bench: setup ## les mesures de vitesse, en tableaux
	@$(PY) -m bench

screenshots: setup ## refait les images de docs/screenshots (il faut Chromium)
	@$(PY) scripts/screenshots.py

lock: ## refait requirements.lock depuis setup.cfg
	@scripts/lock
