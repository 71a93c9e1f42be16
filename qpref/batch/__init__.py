"""Sites × campaigns × notebooks to reports: plan, run, publish."""

import papermill  # noqa: F401 - first: it loads our engine, which needs it whole
