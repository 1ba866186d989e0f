"""The appointment book: what is offered, what a booking's life is, and what counts as received."""
