"""The constrained words that all else is made of.

A module here belongs to one word of the field (a civil registration number, an e-mail address, a
username, a secret, clinic time) and holds its value class, the closed list of reasons for refusing
it, and the pure questions that the word alone can answer. A value exists only if it is valid:
`parse` takes anything and answers with an outcome, every other way in raises `AssertionError`.

Not here: rules about people, clinics or logins (they are made of these words), clocks and
randomness (they come in as arguments), texts shown to people, and anything of the wire.
"""
