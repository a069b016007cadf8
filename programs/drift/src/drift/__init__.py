"""Drift detector: one process watches the live traffic of one model and exports what it sees to Prometheus."""
