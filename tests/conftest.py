"""What every test shares: how hard Hypothesis tries, and where the public test data lie."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.leak_watch import LeakWatch
from tests.postgres import PostgresServer, a_server

# The same examples on every run: a red test says that the code changed. No deadline, and no
# complaint about slow draws, because a shared machine is slow now and then.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=100,
    print_blob=True,
    # The second: mutation testing runs a test class several times in one process.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
# Fresh examples, and many: HYPOTHESIS_PROFILE=thorough before a release, or over night.
settings.register_profile(
    "thorough",
    derandomize=False,
    deadline=None,
    max_examples=5_000,
    print_blob=True,
    # The second: mutation testing runs a test class several times in one process.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
# For mutation testing, where each test runs hundreds of times, and nobody reads what fails.
settings.register_profile(
    "mutation",
    settings.get_profile("ci"),
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

_ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public test data, beside the checkout or where ESERVICES_SHARED_DATA says.

    The data may not be copied into the project, so a test that reads them is skipped without them.
    """
    folder = Path(
        os.environ.get("ESERVICES_SHARED_DATA") or _ROOT.parent / "shared" / "data"
    ).resolve()
    if not folder.is_dir():
        pytest.skip(
            "the public test data are not here: put them in ../shared/data beside the checkout, "
            "or name their folder in ESERVICES_SHARED_DATA"
        )
    return folder


@pytest.fixture(scope="session")
def postgres() -> Generator[PostgresServer, None, None]:
    """A PostgreSQL; where it is ours it waits for no disk, as nothing in it outlives the tests."""
    with a_server(fsync="off") as server:
        yield server


def pytest_configure(config: pytest.Config) -> None:
    """Watch every test for leaks, wherever it lies."""
    config.addinivalue_line("markers", "leaks(why): the test leaks something on purpose")
    config.addinivalue_line("markers", "made_up(why): its changes and mails are of no use case")
    # Not registered where it is blocked (-pno:leak-watch); the markers are known all the same.
    _ = config.pluginmanager.register(LeakWatch(), "leak-watch")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a mutant meet the tests of its own package before long histories and use cases."""
    if os.environ.get("MUTANT_UNDER_TEST"):
        items.sort(key=lambda item: "/property/" in item.nodeid or "/usecases/" in item.nodeid)
