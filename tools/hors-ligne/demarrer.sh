#!/usr/bin/env bash
# Ouvre l’atelier.
exec "${QPREF_PROGRAMME:-$HOME/.local/share/qpref}/bin/qpref" --racine "${QPREF_PROJET:-$HOME/qpref}" labo "$@"
