"""Sites × campaigns × notebooks to reports: plan, run, publish."""
