"""What the core needs of the world, as Protocols of one to four methods.

A port takes and gives words and states of the core only. What is expected to go wrong is a value;
broken infrastructure is an exception. Each port's promises are a contract in
`eservices_core.testing`, which every adapter passes, the in-memory ones too.
"""
