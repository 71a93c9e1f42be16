#!/usr/bin/env bash
# Pin every dependency with its hashes, for all systems, without any registry address.
# Needs uv: pip install uv. Then: tools/lock.sh [--upgrade]
set -euo pipefail
cd "$(dirname "$0")/.."
common=(--universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate
        --no-header --no-emit-index-url --quiet "$@")
uv pip compile pyproject.toml --extra build --extra dev "${common[@]}" -o requirements/dev.txt
rm -f requirements/base.txt
uv pip compile pyproject.toml --extra build -c requirements/dev.txt "${common[@]}" -o requirements/base.txt
echo uv | uv pip compile - "${common[@]}" -o requirements/uv.txt
python tools/environment.py
