#!/usr/bin/env bash
# Pin every dependency with its hashes, for all systems, without any registry address:
# tools/lock.sh [--upgrade], with `make test`'s environment (it holds uv).
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH" UV_PYTHON_DOWNLOADS=never
common=(--universal --python-version 3.11.5 --generate-hashes --no-strip-extras --no-annotate
        --no-header --no-emit-index-url --quiet "$@")
uv pip compile pyproject.toml --all-extras --group build --group dev "${common[@]}" -o requirements/dev.txt
rm -f requirements/base.txt
uv pip compile pyproject.toml --extra labo --extra pdf --group build -c requirements/dev.txt "${common[@]}" -o requirements/base.txt
echo uv | uv pip compile - -c requirements/dev.txt "${common[@]}" -o requirements/uv.txt
python tools/environment.py
