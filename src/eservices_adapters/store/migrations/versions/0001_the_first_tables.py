"""The first tables, on SQLite and on PostgreSQL.

A change is one row, and what it brought hangs on that row. What identifies a person (a number, an
address, a text) lies in `contents.text`, `mails.recipient`, `mails.content` and `changes.answer`
only, which are encrypted (`at_rest`); all other columns hold ids, codes and times. Instants are
whole microseconds since 1970, as both engines sort numbers alike.
"""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

# Ids and codes sort by their code points, as Python's do, whatever language a database speaks.
_TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BYTES: Final = sa.LargeBinary()


def upgrade() -> None:
    """Make them all."""
    _make_records()
    _make_mails()
    _make_audit()
    _make_claims()
    _make_lists()
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def _table(name: str, *parts: Any) -> None:  # noqa: ANN401  whatever a table is made of
    # A number that was given once is never given again, not even when its row has gone.
    numbered = any(isinstance(part, sa.Column) and part.autoincrement is True for part in parts)
    _ = op.create_table(
        name,
        *parts,
        sqlite_strict=True,
        sqlite_with_rowid=numbered,
        sqlite_autoincrement=numbered,
    )


def _serial(name: str) -> sa.Column[int]:
    return sa.Column(name, _NUMBER, sa.Identity(always=False), primary_key=True, autoincrement=True)


def _column(name: str, kind: sa.types.TypeEngine[Any], options: Any) -> Any:  # noqa: ANN401  SQLAlchemy's
    """A column that is never NULL, unless it says so; the rest is SQLAlchemy's own."""
    made: Any = sa.Column
    return made(name, kind, **{"nullable": False, **options})


def _text(name: str, **options: Any) -> Any:  # noqa: ANN401  SQLAlchemy's own
    return _column(name, _TEXT, options)


def _number(name: str, **options: Any) -> Any:  # noqa: ANN401  SQLAlchemy's own
    return _column(name, _NUMBER, options)


def _bytes(name: str, **options: Any) -> Any:  # noqa: ANN401  SQLAlchemy's own
    return _column(name, _BYTES, options)


def _change() -> sa.Column[int]:
    return sa.Column("change", _NUMBER, sa.ForeignKey("changes.change"), nullable=False)


def _index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    part = None if where is None else sa.text(where)
    op.create_index(name, table, columns, sqlite_where=part, postgresql_where=part)


def _make_records() -> None:
    # One row: which store this is, how often an older state of it was accepted, and how many
    # attempts at mails were noted, so that its mark (outside of it) tells when it has gone back.
    _table(
        "store",
        _text("id", primary_key=True),
        _number("generation"),
        _number("handed"),
    )
    _table("at_rest", sa.Column("key_id", _BYTES, primary_key=True))
    _table(
        "changes",
        _serial("change"),
        _text("key", unique=True),
        _text("fingerprint"),
        _number("at"),
        _text("actor"),
        _bytes("answer", nullable=True),  # erased when its period is over
    )
    _index("changes_answered", "changes", ["change"], "answer IS NOT NULL")
    # The uniqueness of a version is what keeps two writers apart should anything else fail to.
    _table(
        "events",
        _serial("position"),
        _text("kind"),
        _text("key"),
        _number("version"),
        _text("event"),
        _text("about", nullable=True),
        _change(),
        sa.UniqueConstraint("kind", "key", "version"),
        sa.CheckConstraint("version > 0"),
    )
    _index("events_about", "events", ["about", "position"], "about IS NOT NULL")
    _table(
        "names",
        _text("kind"),
        _text("key"),
        _text("holder"),
        sa.PrimaryKeyConstraint("kind", "key"),
    )
    _index("names_held", "names", ["holder"])
    _table(
        "contents",
        _text("record", primary_key=True),
        _text("about", nullable=True),
        _bytes("text"),
        _number("is_file"),
        sa.CheckConstraint("is_file IN (0, 1)"),
    )
    _index("contents_about", "contents", ["about"], "about IS NOT NULL")


def _make_mails() -> None:
    _table(
        "mails",
        _serial("place"),
        _text("mail", unique=True),
        _text("kind"),
        _text("about", nullable=True),
        _text("stream_kind", nullable=True),
        _text("stream_key", nullable=True),
        _bytes("recipient", nullable=True),
        _bytes("content", nullable=True),
        _number("expires_at", nullable=True),
        _text("state", server_default="waiting"),
        _number("settled_at", nullable=True),
        _number("attempts", server_default="0"),
        _number("may_have_arrived", server_default="0"),
        _number("next_try", server_default=str(-(2**63))),  # before all instants: at once
        _text("reported", nullable=True),
        _number("token", server_default="0"),
        _number("in_hand_until", nullable=True),
        _number("is_first"),
        _change(),
        sa.CheckConstraint("(stream_kind IS NULL) = (stream_key IS NULL)"),
        sa.CheckConstraint("(settled_at IS NULL) = (recipient IS NOT NULL)"),
        sa.CheckConstraint("(settled_at IS NULL) = (content IS NOT NULL)"),
    )
    _index("mails_due", "mails", ["next_try", "place"], "settled_at IS NULL AND is_first = 1")
    _index("mails_in_state", "mails", ["state", "place"])
    _index("mails_ended", "mails", ["settled_at", "place"], "settled_at IS NOT NULL")
    _index("mails_about", "mails", ["about", "place"], "about IS NOT NULL")
    _index("mails_of", "mails", ["stream_kind", "stream_key", "place"], "stream_kind IS NOT NULL")


def _make_audit() -> None:
    # The service's own log has the clinic '', so that an index finds it as any other.
    _table(
        "audit",
        _serial("position"),
        _text("act"),
        _text("about", nullable=True),
        _text("rule", nullable=True),
        _text("refused_because", nullable=True),
        _text("stream_kind", nullable=True),
        _text("stream_key", nullable=True),
        _text("clinic"),
        _text("purpose", nullable=True),
        _change(),
        sa.CheckConstraint("(stream_kind IS NULL) = (stream_key IS NULL)"),
    )
    _index("audit_about", "audit", ["about", "position"], "about IS NOT NULL")
    _index(
        "audit_of", "audit", ["stream_kind", "stream_key", "position"], "stream_kind IS NOT NULL"
    )
    _index("audit_at", "audit", ["clinic", "position"])
    _index("audit_changes", "audit", ["change"])
    _table(
        "audit_seals",
        _text("clinic"),
        _number("number"),
        _number("count"),
        _number("through"),
        _number("newest"),
        _number("at"),
        _text("head"),
        _bytes("signature"),
        _bytes("digests"),
        sa.PrimaryKeyConstraint("clinic", "number"),
        sa.CheckConstraint("number > 0"),
    )
    _table(
        "audit_checkpoints",
        _text("clinic", primary_key=True),
        _number("number"),
        _number("count"),
        _number("through"),
        _text("head"),
        _number("at"),
        _bytes("signature"),
    )


def _make_claims() -> None:
    # A book has a number, because PostgreSQL without extensions excludes overlapping ranges only.
    _table(
        "books",
        _serial("book"),
        _text("clinic"),
        _text("practitioner"),
        sa.UniqueConstraint("clinic", "practitioner"),
    )
    _table(
        "claims",
        _text("booking", primary_key=True),
        sa.Column("book", _NUMBER, sa.ForeignKey("books.book"), nullable=False),
        _number("starts"),
        _number("ends"),
        sa.CheckConstraint("starts < ends"),
    )
    _index("claims_of", "claims", ["book", "ends", "starts"])


def _make_lists() -> None:
    _table(
        "lists",
        _text("kind"),
        _text("key"),
        _text("item"),
        _number("since"),
        _number("rank"),
        _text("about", nullable=True),
        sa.PrimaryKeyConstraint("kind", "key", "item"),
    )
    _index("lists_in_order", "lists", ["kind", "key", "rank", "since", "item"])


# --- what must hold whoever writes to the tables -------------------------------------------------
# No two claims in one book share a minute (D-BOOK-1). Entries of the audit log, and who did them
# when, stay as they were written; what a checkpoint has signed away may go (D-LOG-1).

_APART: Final = """
    BEGIN
        SELECT RAISE(ABORT, 'two claims overlap') WHERE NEW.ends > (
            SELECT starts FROM claims WHERE book = NEW.book AND ends > NEW.starts
            AND booking <> NEW.booking ORDER BY ends LIMIT 1
        );
    END
"""
_REFUSE: Final = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
_ENTRY_GOES: Final = """
    NOT EXISTS (
        SELECT 1 FROM audit_checkpoints WHERE clinic = OLD.clinic AND through >= OLD.position
    )
"""
_SEAL_GOES: Final = """
    NOT EXISTS (
        SELECT 1 FROM audit_checkpoints WHERE clinic = OLD.clinic AND number >= OLD.number
    )
"""
_CHANGE_IN_LOG: Final = "EXISTS (SELECT 1 FROM audit WHERE change = OLD.change)"


def _on_sqlite(name: str, when: str, condition: str = "1") -> str:
    return f"CREATE TRIGGER {name} BEFORE {when} WHEN {condition} {_REFUSE}"


def _on_postgresql(name: str, when: str, condition: str = "TRUE") -> str:
    """A trigger's own condition may not look into tables there, so the function does."""
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF {condition} THEN
                RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = '23001';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {name} BEFORE {when} FOR EACH ROW EXECUTE FUNCTION {name}();
    """


_APPEND_ONLY: Final = (
    ("audit_unchanged", "UPDATE ON audit"),
    ("audit_kept", "DELETE ON audit", _ENTRY_GOES),
    ("audit_actors_unchanged", "UPDATE OF change, at, actor ON changes"),
    ("audit_actors_kept", "DELETE ON changes", _CHANGE_IN_LOG),
    ("audit_seals_unchanged", "UPDATE ON audit_seals"),
    ("audit_seals_kept", "DELETE ON audit_seals", _SEAL_GOES),
)
_GUARDS: Final = {
    "sqlite": (
        f"CREATE TRIGGER claims_made AFTER INSERT ON claims {_APART}",
        f"CREATE TRIGGER claims_moved AFTER UPDATE ON claims {_APART}",
        *(_on_sqlite(*guard) for guard in _APPEND_ONLY),
        # REPLACE deletes without telling, so it is refused as the insertion that it is.
        _on_sqlite(
            "audit_replaced",
            "INSERT ON audit",
            "EXISTS (SELECT 1 FROM audit WHERE position = NEW.position)",
        ),
    ),
    "postgresql": (
        """
        ALTER TABLE claims ADD CONSTRAINT claims_apart EXCLUDE USING gist (
            int8range(book, book, '[]') WITH &&, int8range(starts, ends) WITH &&
        )
        """,
        *(_on_postgresql(*guard) for guard in _APPEND_ONLY),
    ),
}
