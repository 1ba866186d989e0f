"""Small files of every kind, made here byte by byte, for tests of attachments."""

import struct
import zlib
from typing import Final


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 1, height: int = 1) -> bytes:
    """A PNG of one grey pixel, whatever size it claims."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    image = zlib.compress(b"\x00\x80")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", image) + chunk(b"IEND", b"")
    )


def jpeg(
    width: int = 1, height: int = 1, *, scan: bytes = b"\x12\xff\x00\x34\xff\xd0\x56"
) -> bytes:
    """A JPEG as its segments go; nobody has to draw it."""
    app0 = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    size = b"\xff\xc0" + struct.pack(">HBHHBBBB", 11, 8, height, width, 1, 1, 17, 0)
    start = b"\xff\xda" + struct.pack(">HBBBBBB", 8, 1, 1, 0, 0, 63, 0)
    return b"\xff\xd8" + app0 + size + start + scan + b"\xff\xd9"


def gif(width: int = 1, height: int = 1) -> bytes:
    """A GIF of one pixel."""
    screen = (
        b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    )
    extension = b"\x21\xf9\x04\x00\x00\x00\x00\x00"
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return screen + extension + picture + b"\x3b"


def pdf(*, extra: bytes = b"", content: bytes = b"BT (Hej) Tj ET") -> bytes:
    """A PDF with one page, its content packed."""
    packed = zlib.compress(content)
    return (
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R" + extra + b">>\nendobj\n"
        b"4 0 obj\n<</Filter/FlateDecode/Length "
        + str(len(packed)).encode()
        + b">>\nstream\n"
        + packed
        + b"\nendstream\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R>>\n"
        b"startxref\n9\n%%EOF\n"
    )


PNG: Final = png()
JPEG: Final = jpeg()
GIF: Final = gif()
PDF: Final = pdf()
ZIP: Final = b"PK\x03\x04" + bytes(26) + b"x" + b"PK\x05\x06" + bytes(18)
SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
HTML: Final = b"<!doctype html><html><script>1</script></html>"
