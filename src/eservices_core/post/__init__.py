"""POST: letters by digital post (mit.dk): what may be sent, a letter's life, and its message."""
