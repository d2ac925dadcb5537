"""Import: a catalogue in a file, a folder or behind an endpoint becomes a knowledge pack.

The stages pass immutable values: source -> records -> mapping -> cleaning -> merging -> extraction -> writing. See `pipeline`.
"""
