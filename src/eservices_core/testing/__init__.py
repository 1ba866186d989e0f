"""The published kit: contracts for every port, in-memory adapters, strategies, given/when/then.

Whoever writes an adapter proves it with the port's contract, in four lines:

    from eservices_core.testing.contracts import LedgerContract

    class TestMyLedger(LedgerContract):
        @pytest.fixture
        def open_ledger(self, tmp_path):
            return partial(MyLedger, tmp_path / "ledger.db")

What needs what: `contracts` and `strategies` need the extra `testing` (pytest and Hypothesis);
`memory` and `scenario` need nothing, and nothing here is imported before it is asked for. Not here:
adapters for the world, and tests of the core's rules.
"""

import sys

if "pytest" in sys.modules:
    # Before the contracts are imported: then a broken promise shows both sides of its assertion.
    # Where pytest is not running there is nothing to rewrite, and no reason to load it.
    sys.modules["pytest"].register_assert_rewrite("eservices_core.testing.contracts")
