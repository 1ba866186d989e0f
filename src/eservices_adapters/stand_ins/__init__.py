"""Stand-ins for the world's peers: real protocols over loopback, for demos and for tests.

Each is a context manager that says where it listens, and a command (`python -m`). They take what a
peer would take and can be told to misbehave. Not here: what the peers' real rules are; a stand-in
shows that a protocol is spoken, and proves nothing of the peer.
"""
