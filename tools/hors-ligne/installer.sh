#!/usr/bin/env bash
# Installe qpref sans Internet ni droits d’administration, ou le met à jour ; les données restent.
set -euo pipefail
ici=$(cd "$(dirname "$0")" && pwd)
programme=${QPREF_PROGRAMME:-$HOME/.local/share/qpref}
projet=${QPREF_PROJET:-$HOME/qpref}
"${PYTHON:-python3}" -m venv "$programme"
"$programme/bin/python" -m pip install --quiet --no-index --find-links "$ici/paquets" --require-hashes -r "$ici/paquets.txt"
"$programme/bin/python" -m pip install --quiet --no-index --find-links "$ici/paquets" --no-deps --force-reinstall qpref
test ! -d "$projet/data/reference" || "$programme/bin/qpref" --racine "$projet" migrer
echo "qpref est installé. Lancez demarrer.sh."
