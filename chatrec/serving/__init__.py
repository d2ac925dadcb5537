"""The ways in: command line, web page and REST."""
