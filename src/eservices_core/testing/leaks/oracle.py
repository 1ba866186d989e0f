"""The leak oracle: canaries that are planted, sinks that are searched, and what was found where.

Here: the search, and how a leak is told without telling the secret. Not here: what may be held
where (`sinks`), how things are shown (`shown`), and how words become canaries (`learning`).

Searching for thousands of spellings costs hardly more than for one: every fourth place of a text is
looked up among the beginnings of all spellings, and only what is met there is compared.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from eservices_core.testing.leaks.sinks import TABLE, Kind, Row, Sink, rows_of
from eservices_core.testing.leaks.spellings import SHORTEST, Encoding, spellings
from eservices_core.testing.leaks.unpacking import Chain, at_once, unpacked

_STRIDE: Final = 4
_GRAM: Final = SHORTEST - _STRIDE + 1


@frozen
class Leak:
    """One canary in one sink; it says what kind of canary, and never which.

    Attributes:
        encoding: how it was encoded, the outermost first.
        where: what was searched, in the words of whoever handed it over.
    """

    sink: Sink
    kind: Kind
    encoding: Chain
    where: str = ""

    def __str__(self) -> str:
        how = ", then ".join(each.value for each in self.encoding)
        where = f" ({self.where})" if self.where else ""
        return f"a {self.kind.value} in a {self.sink.value}{where}: {how}"


@frozen
class _Seen:
    sink: Sink
    data: bytes
    own: frozenset[str]


class LeakOracle:
    """Knows canaries, and looks for them in everything that it is shown.

    What it is shown is kept until `leaks` is asked, so a canary may also be planted afterwards.

    >>> oracle = LeakOracle()
    >>> oracle.plant(Kind.CIVIL_NUMBER, "0709614606")
    True
    >>> oracle.look_at(Sink.LOG, "no card for MDcwOTYxNDYwNg==")
    >>> [str(leak) for leak in oracle.leaks()]
    ['a CPR number in a log: base64']
    """

    def __init__(self, table: Iterable[Row] = TABLE) -> None:
        self._rows = rows_of(tuple(table))
        self._never = {sink for sink, row in self._rows.items() if row.may_hold == frozenset(Kind)}
        self._canaries: dict[tuple[Kind, str], None] = {}
        self._indexed = _Index()
        self._seen: dict[_Seen, str] = {}
        self.waiting = 0
        """Bytes that were shown and not yet searched."""

    # --- canaries --------------------------------------------------------------------------------

    def plant(self, kind: Kind, text: str) -> bool:
        """Look for a text from now on; False where it is too plain to be told from others.

        It takes eight characters, five of them different.
        """
        if len(text) < SHORTEST or len(set(text)) < _DIFFERENT:
            return False
        self._canaries[kind, text] = None
        return True

    def forget_canaries(self) -> None:
        """Look for none of those any more that were planted."""
        self._canaries.clear()
        self._indexed = _Index()

    # --- sinks -----------------------------------------------------------------------------------

    def look_at(
        self, sink: Sink, seen: str | bytes, own: Iterable[str] = (), *, where: str = ""
    ) -> None:
        """Take what stands in a sink, to be searched.

        `own` are the texts of the person whom it is to: their own address may stand in their mail.
        `where` is a word for the report, written by the caller and taken from nothing.
        """
        if sink in self._never:
            return
        data = seen.encode("utf-8", "surrogatepass") if isinstance(seen, str) else seen
        if len(data) < SHORTEST:
            return
        found = _Seen(sink, data, frozenset(own))
        if found not in self._seen:
            self._seen[found] = where
            self.waiting += len(data)

    def leaks(self) -> tuple[Leak, ...]:
        """Search what was shown since the last time; each canary is told once for each sink."""
        if not self._seen:
            return ()
        for kind, text in self._canaries:
            self._indexed.add(kind, text)
        self._canaries.clear()
        found: dict[tuple[Sink, Kind, str], Leak] = {}
        for seen in self._suspicious():
            row = self._rows[seen.sink]
            if not self._indexed.suspects(seen.data, row, seen.own):
                continue
            for kind, text, encoding in self._indexed.search(seen.data, row, seen.own):
                leak = Leak(seen.sink, kind, encoding, self._seen[seen])
                _ = found.setdefault((seen.sink, kind, text), leak)
        self._seen.clear()
        self.waiting = 0
        return tuple(found.values())

    def _suspicious(self) -> Iterable[_Seen]:
        """Give what has to be looked at closely.

        What may hold the same, whoever it is to, is searched in one piece first: hardly ever is
        anything in it.
        """
        alike: dict[frozenset[Kind], list[_Seen]] = {}
        for seen in self._seen:
            if seen.own:
                yield seen
            else:
                alike.setdefault(self._rows[seen.sink].may_hold, []).append(seen)
        for several in alike.values():
            whole = b"\0\0".join(seen.data for seen in several)
            row = self._rows[several[0].sink]
            if self._indexed.suspects(whole, row, frozenset()):
                yield from several

    def assert_none(self) -> None:
        """Raise `AssertionError`, with each leak and no secret, if there is any."""
        leaks = self.leaks()
        assert not leaks, "\n".join(["leaks:", *sorted({str(leak) for leak in leaks})])


_DIFFERENT: Final = 5


@frozen
class _Spelling:
    kind: Kind
    text: str
    spelt: bytes
    encoding: Encoding


_PLAINEST_FIRST: Final = list(Encoding)


def _plainness(spelling: _Spelling) -> int:
    """Order them: what is repeated also holds its halves the wrong way round."""
    return _PLAINEST_FIRST.index(spelling.encoding)


class _Index:
    """The spellings of all canaries, by the grams that they begin with."""

    def __init__(self) -> None:
        self._known: set[tuple[Kind, str]] = set()
        self._grams: set[bytes] = set()
        self._by_gram: dict[bytes, list[_Spelling]] = {}

    def add(self, kind: Kind, text: str) -> None:
        """Spell a canary, if it is new."""
        if (kind, text) in self._known:
            return
        self._known.add((kind, text))
        for spelt, encoding in spellings(kind, text):
            spelling = _Spelling(kind, text, spelt, encoding)
            for start in range(_STRIDE):
                gram = spelt[start : start + _GRAM]
                self._grams.add(gram)
                self._by_gram.setdefault(gram, []).append(spelling)

    def search(
        self, data: bytes, row: Row, own: frozenset[str]
    ) -> Iterator[tuple[Kind, str, Chain]]:
        """Give the canaries that stand in it and may not, with how they are encoded there."""
        for view, chain in unpacked(data):
            for spelling in sorted(self._in(view.lower(), row, own), key=_plainness):
                yield spelling.kind, spelling.text, _chained(chain, spelling.encoding)

    def suspects(self, data: bytes, row: Row, own: frozenset[str]) -> bool:
        """Whether there may be any."""
        return any(any(self._in(view.lower(), row, own)) for view, _ in at_once(data))

    def _in(self, lowered: bytes, row: Row, own: frozenset[str]) -> Iterator[_Spelling]:
        for met in self._met(lowered):
            for spelling in self._by_gram[met]:
                if spelling.kind in row.may_hold or spelling.spelt not in lowered:
                    continue
                if not self._is_covered(spelling, lowered, row, own):
                    yield spelling

    def _is_covered(
        self, spelling: _Spelling, lowered: bytes, row: Row, own: Iterable[str]
    ) -> bool:
        """Whether it stands only inside what may stand there: `anna@` in the own `hanna@`.

        A text covers nothing, for it may hold anything.
        """
        covers: list[bytes] = []
        if spelling.kind in row.own:
            covers += [spelt for text in own for spelt, _ in spellings(spelling.kind, text)]
        covering = row.may_hold - {Kind.TEXT}
        if covering:
            covers += [
                each.spelt
                for met in self._met(lowered)
                for each in self._by_gram[met]
                if each.kind in covering
            ]
        for cover in sorted(covers, key=len, reverse=True):
            lowered = lowered.replace(cover, b"\0")
        return bool(covers) and spelling.spelt not in lowered

    def _met(self, lowered: bytes) -> set[bytes]:
        places = range(0, len(lowered) - _GRAM + 1, _STRIDE)
        return self._grams.intersection([lowered[at : at + _GRAM] for at in places])


def _chained(chain: Chain, spelt: Encoding) -> Chain:
    return chain if chain and spelt is Encoding.AS_IS else (*chain, spelt)
