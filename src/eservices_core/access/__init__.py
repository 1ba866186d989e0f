"""ACC: who may log in, and how. Pure rules: tables that decide, and machines that remember."""
