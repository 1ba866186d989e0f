"""Documentation runs: the examples in README.md, in docs/ and in the docstrings of src are tests.

What belongs here: which files hold examples, and how they are read. What a test needs is in
tests/conftest.py.
"""

from doctest import ELLIPSIS

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser
from sybil.sybil import SybilCollection
from sybil.typing import Parser

_MARKDOWN: list[Parser] = [PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()]

_README = Sybil(parsers=_MARKDOWN, filenames=["README.md"])
_DOCS = Sybil(parsers=_MARKDOWN, path="docs", patterns=["*.md"])
_DOCSTRINGS = Sybil(parsers=[DocTestParser(optionflags=ELLIPSIS)], path="src", patterns=["*.py"])

pytest_collect_file = SybilCollection([_README, _DOCS, _DOCSTRINGS]).pytest()
