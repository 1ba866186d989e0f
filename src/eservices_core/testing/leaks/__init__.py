"""The leak oracle: plants canaries, and finds them wherever they must not be (faults: 183-192).

    oracle = LeakOracle()
    with every_word_a_canary(oracle.plant):
        ...  # run your program; give `oracle.look_at` what it logs, shows, stores and sends
    oracle.assert_none()

What may be held where is one table, `TABLE`. A leak is told by sink, kind and encoding, never by
the secret itself. Nothing here needs pytest or Hypothesis, and none of it belongs in production.
"""

from eservices_core.testing.leaks.learning import canaries, every_word_a_canary, learn_content
from eservices_core.testing.leaks.oracle import Leak, LeakOracle
from eservices_core.testing.leaks.shown import (
    look_at_change,
    look_at_entry,
    look_at_exception,
    look_at_mail,
    look_at_record,
)
from eservices_core.testing.leaks.sinks import TABLE, Kind, Row, Sink, sink_of
from eservices_core.testing.leaks.spellings import Encoding

__all__ = [
    "TABLE",
    "Encoding",
    "Kind",
    "Leak",
    "LeakOracle",
    "Row",
    "Sink",
    "canaries",
    "every_word_a_canary",
    "learn_content",
    "look_at_change",
    "look_at_entry",
    "look_at_exception",
    "look_at_mail",
    "look_at_record",
    "sink_of",
]
