"""Simulated users with hidden targets who talk to the real bot (after iEvaLM's attribute mode, Wang et al. 2023)."""
