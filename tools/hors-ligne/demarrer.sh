#!/usr/bin/env bash
# Crée le projet la première fois, puis ouvre l’atelier.
set -euo pipefail
qpref=${QPREF_PROGRAMME:-$HOME/.local/share/qpref}/bin/qpref
projet=${QPREF_PROJET:-$HOME/qpref}
test -d "$projet/data/reference" || "$qpref" projet creer "$projet"
exec "$qpref" --racine "$projet" labo "$@"
