"""Stand-ins for the peers of an installation, over loopback, for demonstrations and tests.

Here: one small server for each peer, each usable from a test and from the command line. Not here:
any adapter; a stand-in knows none, and none knows it.
"""
