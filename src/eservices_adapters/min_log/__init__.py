"""MinLog, as far as it goes without the national service: files that can be sent there."""
