# make rapports : crée l’environnement, les données d’exemple et les rapports.
# make test     : crée l’environnement et passe toutes les vérifications du jour.
# make verif    : style, types, tests courts (moins d’une minute), avant chaque commit.
# make nuit     : ce qui est trop long pour chaque jour ; docs/nuit.md dit quand.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOW := .venv-minimum
TOUR ?= $(shell expr $$(date +%s) / 86400)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start dozens of processes: without it, each would compile what it imports.
export PYTHONDONTWRITEBYTECODE :=

# One process more than cores: many tests wait for a browser, a cluster, a server.
PYTEST := $(BIN)/python -m pytest --numprocesses 3 --dist loadscope --no-loadscope-reorder

.PHONY: rapports test verif nuit format labo docs hors-ligne portable msi essai-windows minimum nettoyer

$(VENV)/.python:
	$(PYTHON) -c 'import sys; sys.exit(None if (3, 11, 5) <= sys.version_info < (3, 15) else "Python 3.11.5 à 3.14 est nécessaire.")'
	$(PYTHON) -m venv $(VENV)
	-$(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	touch $@

# uv takes seconds where pip takes minutes; where it cannot install (a network that only pip knows), pip does.
define install
$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) \
	  || $(BIN)/python -m pip install --quiet --require-hashes -r $(1)
endef

# Pinned packages first, each checked by its hash; then qpref itself, without asking for anything more.
$(VENV)/.base: requirements/base.txt pyproject.toml | $(VENV)/.python
	$(call install,requirements/base.txt)
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	$(call install,requirements/dev.txt)
	touch $@

rapports: $(VENV)/.base
	$(BIN)/qpref exemple
	$(BIN)/qpref importer data/exemple/2019-11 --campagne 2019-11
	$(BIN)/qpref importer data/exemple/2020-11 --campagne 2020-11
	for other in elus associations agents; do \
	  $(BIN)/qpref importer data/exemple/2020-11-$$other --campagne 2020-11-$$other || exit 1; \
	done
	$(BIN)/qpref rapports
	@echo "Ouvrez reports/index.html"

# Types are checked beside the tests.
define checked
$(BIN)/ruff format --check .
$(BIN)/ruff check .
$(BIN)/mypy & types=$$!; $(PYTEST) $(1); tests=$$?; wait $$types && exit $$tests
endef

# TOUR: which long tests; `tous` runs them all, as before a landing.
test: export QPREF_TOUR = $(TOUR)
test: $(VENV)/.dev
	$(call checked,--cov --cov-report=)

verif: $(VENV)/.dev
	$(call checked,-q --numprocesses 2 -m "not lent" tests/unit tests/reference tests/spec tests/test_architecture.py)

nuit: $(VENV)/.dev
	QPREF_ATTAQUES=$(or $(TIRAGES),200) $(BIN)/python tools/nuit.py $(VERIFICATIONS)

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

labo: $(VENV)/.base
	$(BIN)/qpref labo

# Only what `make` makes again by itself: data received, what is drawn from them and reports stay.
nettoyer:
	rm -rf $(VENV) $(LOW) dist docs/_site data/exemple

docs: $(VENV)/.dev
	$(BIN)/sphinx-build --fail-on-warning --quiet -b html docs docs/_site
	@echo "Ouvrez docs/_site/index.html"

# For this system; Windows has the portable folder.
hors-ligne: $(VENV)/.base
	$(BIN)/python tools/offline.py $(SYSTEME)

# PYTHON_WINDOWS: the « embeddable » archive of python.org, which is checked and never fetched from here.
portable: $(VENV)/.base
	@test "$(or $(SYSTEME),windows)" = windows || { echo "SYSTEME=$(SYSTEME) : le dossier portable n’existe que pour windows ; ailleurs, make hors-ligne." >&2; exit 2; }
	$(BIN)/python tools/portable.py $(if $(PYTHON_WINDOWS),"$(PYTHON_WINDOWS)")

# For the IT department: per machine, from the portable folder; beside it, the list of its binaries.
msi: $(VENV)/.base
	$(BIN)/python tools/msi.py $(or $(PORTABLE),dist/qpref-portable-windows.zip)

# A genuine CPython for Windows, under wine; its programs (apt-get) are named when they are not there. PARTIES: some only.
essai-windows: $(VENV)/.dev
	$(BIN)/python tools/windows.py $(PARTIES)

# The lowest versions that pyproject.toml allows, with today's test tools; nightly. A test tool asks for a
# chardet that requests of that time complains of: users do not have it.
minimum: $(VENV)/.dev
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(LOW)
	$(BIN)/uv pip compile pyproject.toml --all-extras --python $(LOW)/bin/python --resolution lowest-direct --only-binary :all: --no-header --quiet --output-file $(LOW)/lowest.txt
	$(BIN)/uv pip install --quiet --python $(LOW)/bin/python --requirement $(LOW)/lowest.txt --group build --group dev
	$(BIN)/uv pip install --quiet --python $(LOW)/bin/python --no-deps --no-build-isolation --editable .
	nice -n 10 $(LOW)/bin/python -m pytest -q -p no:cacheprovider -W "ignore:urllib3 (" tests/unit tests/reference
