"""Digital post: a letter's life, and what a MeMo message may say (POST)."""
