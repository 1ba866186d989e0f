"""The worker: all that a service does by itself, each at its rhythm.

Here: which rounds there are (`rounds`), and going round until somebody says stop (`worker`). Not
here: what a round does (`eservices_core.usecases`), and whoever starts it (`cli`, or a server).
"""

from eservices_adapters.worker.rounds import DEFAULT_PACE, Pace, Part, Round, rounds_of
from eservices_adapters.worker.worker import Ran, Worker

__all__ = ["DEFAULT_PACE", "Pace", "Part", "Ran", "Round", "Worker", "rounds_of"]
