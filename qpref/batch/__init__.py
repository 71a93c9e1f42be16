"""Plan, run and publish the reports: sites × campaigns × notebooks."""
