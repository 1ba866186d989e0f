"""Stand-ins for the peers of a clinic, on the loopback interface: for demonstrations and tests.

Here: one module for each peer, which speaks its real protocol to whoever asks, about persons that
there are none of; and how they are served (`serving`). Not here: anything that real patients may
come near.
"""
