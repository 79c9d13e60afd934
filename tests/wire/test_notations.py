from __future__ import annotations

import base64
import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.wire.notations import (
    ByteFormat,
    read_array,
    read_base64,
    read_bytes,
    read_escapes,
    read_hex,
    read_hexdump,
    write_bytes,
)

DATA = b"\n\x05hello\n\x05helloX\x00\x01\xff"
"""17 bytes: one line of a dump and one byte more."""
BINARY = st.binary(min_size=1, max_size=70)


def hexdump_c(data: bytes, *, address: int = 0, prefix: str = "") -> str:
    """As `hexdump -C` and esp_log_buffer_hexdump print it."""
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        halves = "  ".join(part for part in (row[:8].hex(" "), row[8:].hex(" ")) if part)
        lines.append(f"{prefix}{address + at:08x}  {halves:<48}  |{text}|")
    return "\n".join(lines)


def xxd(data: bytes, group: int = 2) -> str:
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{at:08x}: {row.hex(' ', -group):<40}  {text}")
    return "\n".join(lines)


def read(text: str) -> bytes:
    written = read_bytes(text)
    assert written is not None, text
    return written.data


class TestHexdumps:
    @pytest.mark.parametrize(
        "text",
        [
            "00000000: 0a05 6865 6c6c 6f0a 0568 656c 6c6f 5800  ..hello..helloX.\n00000010: 01ff      ..",
            "00000000: 0a 05 68 65 6c 6c 6f 0a 05 68 65 6c 6c 6f 58 00  ..hello..helloX.\n00000010: 01 ff",
            "00000000  0a 05 68 65 6c 6c 6f 0a  05 68 65 6c 6c 6f 58 00  |..hello..helloX.|\n"
            "00000010  01 ff                                             |..|\n00000012",
            "000000 0a 05 68 65 6c 6c 6f 0a 05 68 65 6c 6c 6f 58 00  >..hello..helloX.<\n000010 01 ff     >..<\n000012",
            "0000000 0a 05 68 65 6c 6c 6f 0a 05 68 65 6c 6c 6f 58 00\n0000020 01 ff\n0000022",
            "0000   0a 05 68 65 6c 6c 6f 0a 05 68 65 6c 6c 6f 58 00   ..hello..helloX.\n0010   01 ff   ..",
            "I (1234) ws: 0x3ffb1234   0a 05 68 65 6c 6c 6f 0a  05 68 65 6c 6c 6f 58 00  |..hello..helloX.|\n"
            "I (1234) ws: 0x3ffb1244   01 ff                                             |..|",
            "\x1b[0;32mI (12) ws: 0a 05 68 65 6c 6c 6f 0a 05 68 65 6c 6c 6f 58 00\x1b[0m\n"
            "\x1b[0;32mI (12) ws: 01 ff\x1b[0m",
            "[12:01:02] D (00:00:01.234) web socket: 0a 05 68 65 6c 6c 6f 0a\n"
            "[12:01:02] D (00:00:01.234) web socket: 05 68 65 6c 6c 6f 58 00 01 ff",
        ],
        ids=[
            "xxd",
            "xxd -g1",
            "hexdump -C",
            "od -Ax -tx1z",
            "od -tx1",
            "Wireshark",
            "ESP-IDF dump",
            "ESP-IDF",
            "monitor",
        ],
    )
    def test_of_every_tool(self, text: str) -> None:
        assert read(text) == DATA

    def test_words_of_16_bits_are_swapped_and_said(self) -> None:
        text = "0000000 050a 6568 6c6c 0a6f 6805 6c65 6f6c 0058\n0000010 ff01\n0000012"
        written = read_bytes(text)
        assert written is not None
        assert (written.data, written.notation) == (DATA, "a hexdump of 16-bit words, bytes swapped")

    def test_an_odd_last_word_is_cut_to_the_last_offset(self) -> None:
        assert read("0000000 050a 0068\n0000003") == b"\x0a\x05h"

    def test_repeated_rows_are_filled_in(self) -> None:
        zeros = "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|"
        assert read(f"{zeros}\n*\n00000040  0a\n00000041") == bytes(64) + b"\n"

    @pytest.mark.parametrize(
        "text",
        [
            "*",
            "00000000: 0a05\n00000010: 01ff",
            "00000000: 0a05\nhello",
            "00000000: zz",
            "00000000 0a 05\n*\n7fffffffffffffff 01",
            "00000000 0a 05 07\n*\n00000004 01",
            "fffffff0\nffffffff",
            "0a05 6865\n6c6c 6f0a",
            "0000 0a05",
            "deadbeef 0a05",
        ],
    )
    def test_what_is_none(self, text: str) -> None:
        assert read_hexdump(text) is None

    @pytest.mark.parametrize("text", ["00000000: 0a05  ..", "0000  0a 05", "00000000 0a 05", "0x3ffb0000 0a 05  |..|"])
    def test_a_single_line_needs_more_than_digits(self, text: str) -> None:
        assert read(text) == b"\x0a\x05"

    @given(BINARY)
    def test_every_dump_reads_back(self, data: bytes) -> None:
        for text in (
            hexdump_c(data),
            hexdump_c(data, address=0x3FFB1230, prefix="I (99) tag: 0x"),
            xxd(data),
            xxd(data, 1),
        ):
            assert read(text) == data


class TestHex:
    @pytest.mark.parametrize(
        "text",
        ["0a0568", "0A0568", "0a 05 68", "0a:05:68", "0a-05-68", "0a,05,68", "0x0a 0x05 0x68", "0x0a0568", "0a05\n68\n",
         "<Buffer 0a 05 68>", "0x0a, 0x05, 0x68,"],
    )  # fmt: skip
    def test_with_and_without_separators(self, text: str) -> None:
        written = read_bytes(text)
        assert written is not None
        assert (written.data, written.notation) == (b"\n\x05h", "hex")

    @pytest.mark.parametrize("text", ["0a056", "0a 5", "0g", "", "26, 15", "0, 26"])
    def test_what_is_none(self, text: str) -> None:
        assert read_hex(text) is None

    def test_an_even_number_of_hex_digits_wins_over_base64(self) -> None:
        assert read("deadbeef") == b"\xde\xad\xbe\xef"


class TestArrays:
    @pytest.mark.parametrize(
        ("text", "notation"),
        [
            ("{0x1a, 0x0f}", "a C array"),
            ("{0x1A, 0xf}", "a C array"),
            ("uint8_t buf[2] = {0x1a, 0x0f};", "a C array"),
            ("static const unsigned char x[] = {\n  0x1a, // case\n  0x0f /* size */\n};", "a C array"),
            ("unsigned char x[] = {\n  0x1a, 0x0f\n};\nunsigned int x_len = 2;", "a C array"),
            ("[]byte{0x1a, 0xf}", "a C array"),
            ("  0x1a, 0xf", "a list of numbers"),
            ("<<26, 15>>", "a list of numbers"),
            ("<<26,15>>", "a list of numbers"),
            ("[26, 15]", "a list of numbers"),
            ("[26 15]", "a list of numbers"),
            ("26, 15", "a list of numbers"),
            ("[26, 0xF]", "a list of numbers"),
            ("Uint8Array(2) [26, 15]", "a list of numbers"),
            ("bytes([26, 15])", "a list of numbers"),
            ("data = bytearray((26, 15))", "a list of numbers"),
            ("let v = vec![26, 15];", "a list of numbers"),
            ("Buffer.from([26, 15]);", "a list of numbers"),
        ],
    )
    def test_of_many_languages(self, text: str, notation: str) -> None:
        written = read_bytes(text)
        assert written is not None
        assert (written.data, written.notation) == (b"\x1a\x0f", notation)

    def test_signed_bytes_of_java(self) -> None:
        assert read("[26, -1, -128]") == b"\x1a\xff\x80"

    def test_numbers_with_blanks_only(self) -> None:
        assert read("26 15 8 1") == b"\x1a\x0f\x08\x01"

    @pytest.mark.parametrize("text", ["[256]", "[-129]", "[]", "{}", "[a]", "5", "[1] x", "@[1]", "{0x100}", "[1,2}x"])
    def test_what_is_none(self, text: str) -> None:
        assert read_array(text) is None

    def test_one_number_needs_its_brackets(self) -> None:
        assert read("[5]") == b"\x05"

    @given(BINARY)
    def test_every_list_reads_back(self, data: bytes) -> None:
        numbers = list(data)
        texts = [str(numbers), f"<<{', '.join(map(str, numbers))}>>", write_bytes(data, "c"), json.dumps(numbers)]
        for text in texts:
            assert read(text) == data


class TestEscapes:
    @pytest.mark.parametrize(
        "text",
        [r"\x0a\x05hi", r"b'\n\x05hi'", r'"\012\5hi"', r'"\x0a" "\x05" "hi";', r"'\u000a\u0005hi'", r"$'\n\x05hi'",
         r'"\n\x05" + "hi"', '"\\x0a\\x05\\\nhi"', r'b"\n\x05\x68\x69"'],
    )  # fmt: skip
    def test_of_many_languages(self, text: str) -> None:
        written = read_bytes(text)
        assert written is not None
        assert (written.data, written.notation) == (b"\n\x05hi", "a string with escapes")

    @pytest.mark.parametrize("text", [r"\q", r"\u1234", r"\777", "no escape", "\\"])
    def test_what_is_none(self, text: str) -> None:
        assert read_escapes(text) is None

    def test_text_between_is_utf8(self) -> None:
        assert read(r"\x0aé") == b"\n\xc3\xa9"

    @given(BINARY)
    def test_every_python_literal_reads_back(self, data: bytes) -> None:
        written = read_escapes(repr(data))
        assert (written.data if written else None) == (data if "\\" in repr(data) else None)


class TestBase64:
    @pytest.mark.parametrize(
        "change",
        [
            lambda text: text,
            lambda text: text.rstrip("="),
            lambda text: text.replace("+", "-").replace("/", "_"),
            lambda text: text.replace("=", "%3D"),
            lambda text: f'"{text}",',
            lambda text: f"data:application/octet-stream;base64,{text}",
            lambda text: "\n".join(text[at : at + 16] for at in range(0, len(text), 16)),
        ],
    )
    def test_as_people_copy_it(self, change: object) -> None:
        data = bytes(range(200, 250)) + b"\xfb\xff"
        assert callable(change)
        written = read_bytes(change(base64.b64encode(data).decode()))
        assert written is not None
        assert (written.data, written.notation) == (data, "base64")

    @pytest.mark.parametrize(
        "text", ["hello world", "a", "GgQ!", "GgQ===", "", "hello there world", "YWJjZGVmZ2hpamts YWJj YWJj", "é"]
    )
    def test_what_is_none(self, text: str) -> None:
        assert read_base64(text) is None


@given(BINARY)
def test_what_is_written_is_read_again(data: bytes) -> None:
    for form in get_args(ByteFormat):
        text = write_bytes(data, form)
        reader = {"hex": read_hex, "c": read_array}.get(form, read_base64)
        written = reader(text)
        assert written is not None
        assert written.data == data


def test_forms() -> None:
    data = b"\xfb\xff\xfe\x01"
    assert {form: write_bytes(data, form) for form in get_args(ByteFormat)} == {
        "base64": "+//+AQ==",
        "hex": "fbfffe01",
        "c": "{0xfb, 0xff, 0xfe, 0x01}",
        "url": "-__-AQ%3D%3D",
    }


@given(st.text() | st.text(alphabet="0123456789abcdef \n:*|\\x,[]{}<>\"'", max_size=60))
def test_any_text_is_read_or_not(text: str) -> None:
    written = read_bytes(text)
    assert written is None or isinstance(written.data, bytes)
