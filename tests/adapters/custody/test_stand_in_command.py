import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from eservices_adapters.clock import SystemChance
from eservices_adapters.custody.credential import NoCredential
from eservices_adapters.custody.soap import SoapRegister
from eservices_adapters.stand_ins.custody_answers import Registered, answer_about
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_core.access.custody import RegisterAnswer, RegisterFailure
from eservices_core.testing.memory import FakeClock
from eservices_core.words.clinic_time import COPENHAGEN
from tests.adapters.custody.cases import ANNA, BENT, CHILD

THEN = datetime(2026, 11, 29, 12, tzinfo=COPENHAGEN)


def test_the_stand_in_is_a_command(tmp_path: Path) -> None:
    """It serves a folder on this machine, shows no number, and ends when it is interrupted."""
    declared = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    answer = answer_about(Registered(CHILD, ((ANNA, "mor"),)))
    _ = (tmp_path / "1.xml").write_bytes(declared + answer)
    _ = (tmp_path / "2.xml").write_text("no answer")
    command = (sys.executable, "-m", "eservices_adapters.stand_ins.custody_register")
    arguments = ("--folder", str(tmp_path), "--port", "0")
    with subprocess.Popen((*command, *arguments), stdout=subprocess.PIPE, text=True) as serving:  # noqa: S603  our own interpreter and words
        try:
            assert serving.stdout is not None
            said = serving.stdout.readline()
            url, _, known = said.partition(" ")
            driver = HttpDriver(Bounds(seconds=10))
            register = SoapRegister(url, NoCredential(), driver, FakeClock(THEN), SystemChance())
            assert isinstance(register.ask(CHILD), RegisterAnswer)
            assert register.ask(BENT) is RegisterFailure.NOT_IN_REGISTER
            serving.send_signal(signal.SIGINT)
            assert serving.wait(20) == 0
            assert (known, serving.stdout.read()) == ("knows 1 numbers\n", "")
        finally:
            serving.kill()  # where interrupts are ignored it would never end, and nor would this
