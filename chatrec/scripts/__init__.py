"""Dialogue scripts: a format for scripted conversations, their runner and a pytest plugin."""
