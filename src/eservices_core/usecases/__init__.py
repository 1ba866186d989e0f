"""One file per thing that a person does: gather the facts, decide, commit. No rule lives here.

Every use case is a function of `Services` and one command, and gives an `Outcome`: what happened,
or a `Refusal` that names its rule, its reason, the next step, and what to say to whom.
"""
