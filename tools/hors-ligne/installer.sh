#!/usr/bin/env bash
# Installe qpref sans Internet ni droits d’administration, ou le met à jour ; les données restent.
set -euo pipefail
ici=$(cd "$(dirname "$0")" && pwd)
programme=${QPREF_PROGRAMME:-$HOME/.local/share/qpref}
projet=${QPREF_PROJET:-$HOME/qpref}
"${PYTHON:-python3}" -m venv "$programme"
"$programme/bin/python" -m pip install --quiet --no-index --find-links "$ici/paquets" --require-hashes -r "$ici/paquets.txt"
"$programme/bin/python" -m pip install --quiet --no-index --find-links "$ici/paquets" --no-deps --force-reinstall qpref
mkdir -p "$projet/notebooks" "$projet/data"
cp "$ici"/projet/notebooks/*.ipynb "$projet/notebooks/"
for nom in reference clu; do
  test -d "$projet/data/$nom" || cp -r "$ici/projet/data/$nom" "$projet/data/$nom"
done
"$programme/bin/qpref" --racine "$projet" migrer
echo "qpref est installé. Lancez demarrer.sh."
