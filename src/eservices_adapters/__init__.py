"""Adapters that carry the core's ports into the world, each behind an extra of its own.

Nothing is exported here: a program takes `compose` and a configuration, or the one adapter that it
wants.
"""
