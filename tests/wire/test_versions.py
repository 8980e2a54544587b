"""Specification, schemas, codec and reference worker say the same."""

import re
from pathlib import Path

import batch
import channel
import flight_recorder
import pytest
from conftest import PROTOCOL

README = (PROTOCOL / "README.md").read_text()
CODEC = (PROTOCOL / "codec.hpp").read_text()
RECORDER = (PROTOCOL / "recorder.hpp").read_text()
SCHEMAS = "\n".join((PROTOCOL / name).read_text() for name in ("message.fbs", "manifest.fbs"))

# A row of the specification's table of constants, its name in codec.hpp, if any, and the reference worker's value.
CONSTANTS = [
    ("magic", "kBatchMagic", batch.MAGIC),
    ("header", "kBatchHeader", batch.HEADER.size),
    ("alignment", "kAlignment", 8),
    ("inline limit", "kInlineLimit", batch.INLINE_LIMIT),
    ("messages per batch", "kMaxMessages", batch.MAX_MESSAGES),
    ("raw frames per batch", "kMaxFrames", batch.MAX_FRAMES),
    ("checksum at", None, batch.HEADER.size - 8),
    ("control packet", None, channel.CONTROL_PACKET),
    ("answer to a Hello", None, round(channel.ANSWER_WITHIN * 1000)),
    ("recorder magic", "kRecorderMagic", flight_recorder.MAGIC),
    ("recorder version", "kRecorderVersion", flight_recorder.VERSION),
    ("recorder header", "kRecorderHeader", flight_recorder.CELLS_AT),
    ("recorder slot", "kRecorderSlot", flight_recorder.SLOT),
    ("recorder slots", "kMaxRecorderSlots", flight_recorder.MAX_SLOTS),
    ("recorder cells", "kMaxRecorderCells", flight_recorder.MAX_CELLS),
    ("tick", None, 200),
]


def evaluate(expression: str) -> int:
    product = 1
    for factor in expression.replace("'", "").split("*"):
        product *= int(factor.strip(), 0)
    return product


def codec_constant(name: str) -> int:
    found = re.search(rf"constexpr \w+ {name} = ([^;]+);", CODEC + RECORDER)
    assert found, name
    return evaluate(found[1])


def readme_constant(row: str) -> int:
    found = re.search(rf"^\| {re.escape(row)} \| `?(\w+)`?(?: bytes| ms)? \|$", README, re.MULTILINE)
    assert found, row
    return int(found[1], 0)


def schema_tables() -> dict[str, list[str]]:
    text = re.sub(r"//.*", "", SCHEMAS)
    tables = re.findall(r"\btable (\w+) \{(.*?)\}", text, re.DOTALL)
    return {name: re.findall(r"(\w+):", body) for name, body in tables if name != "Message"}


def schema_enums() -> dict[str, list[str]]:
    return {
        name: re.findall(r"\w+", body) for name, body in re.findall(r"\benum (\w+) : \w+ \{(.*?)\}", SCHEMAS)
    }


def schema_payloads() -> dict[str, int]:
    union = re.search(r"union Payload \{(.*?)\}", SCHEMAS, re.DOTALL)
    assert union
    return {name: int(number) for name, number in re.findall(r"(\w+) = (\d+)", union[1])}


def readme_sections() -> dict[str, str]:
    parts = re.split(r"^#{2,4} (.+)$", README, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {
        title: text for title, text in sections.items() if re.match(r"[A-Z][a-zA-Z]+( \(\d+\) .*)?$", title)
    }


def readme_tables() -> dict[str, list[str]]:
    described = {}
    for title, text in readme_sections().items():
        name = title.split()[0]
        if name in schema_tables() or "(" in title:
            described[name] = re.findall(r"^- `(\w+)`: ", text.split("\n\n")[0], re.MULTILINE)
    return described


def test_version() -> None:
    line = re.search(r"^Version: (\d+)$", README, re.MULTILINE)
    assert line
    assert int(line[1]) == codec_constant("kProtocolVersion") == batch.VERSION


@pytest.mark.parametrize(("row", "codec_name", "reference"), CONSTANTS, ids=[row for row, _, _ in CONSTANTS])
def test_constant(row: str, codec_name: str | None, reference: int) -> None:
    assert readme_constant(row) == reference
    if codec_name:
        assert codec_constant(codec_name) == reference


def test_checksum_offset() -> None:
    checksum = (PROTOCOL / "checksum.hpp").read_text()
    assert f"kChecksumAt = {readme_constant('checksum at')};" in checksum


def test_every_message_and_field_is_described_and_exists() -> None:
    assert readme_tables() == schema_tables()


def test_message_numbers() -> None:
    numbers = {}
    for title in readme_sections():
        if found := re.match(r"(\w+) \((\d+)\)", title):
            numbers[found[1]] = int(found[2])
    assert numbers == schema_payloads()


def test_enum_values() -> None:
    for name, values in schema_enums().items():
        row = re.search(rf"^\| `{name}` \| (.*) \|$", README, re.MULTILINE)
        assert row, name
        assert re.findall(r"`(\w+)`", row[1]) == values


def test_errors() -> None:
    enum = re.search(r"enum class Errc \{(.*?)\};", CODEC, re.DOTALL)
    assert enum
    codec = re.findall(r"\bk([A-Z]\w+),", enum[1])
    section = README.split("| error | when |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == codec[1:]


def test_state_tables_name_every_message_of_the_data_channel() -> None:
    rows = set(re.findall(r"^\| (\w+)(?:, last)? \| ", README, re.MULTILINE))
    data = {name for name, number in schema_payloads().items() if number < 40}
    assert data <= rows


def test_bytes_are_drawn_alike() -> None:
    """The drawings of a batch and of a flight recorder stand in the specification and beside the code."""
    drawn = re.findall(r"^//  .*?(\d+)  (u\d\d)  (\w+)", CODEC + RECORDER, re.MULTILINE)
    assert drawn == re.findall(r"^    .*?(\d+)  (u\d\d)  (\w+)", README, re.MULTILINE)
    assert len(drawn) == 6 + 7


def test_states_of_a_slot() -> None:
    enum = re.search(r"enum class SlotState : uint8_t \{(.*?)\};", RECORDER, re.DOTALL)
    assert enum
    names = re.findall(r"\bk([A-Z]\w+),", enum[1])
    rows = re.findall(r"^\| \*(\w+)\* \| (\d) \| ", README, re.MULTILINE)
    assert rows == [(name.lower(), str(number)) for number, name in enumerate(names)]
    assert [getattr(flight_recorder, name.upper()) for name in names] == list(range(len(names)))


def test_stated_sizes_exist_once() -> None:
    assert readme_constant("batch before the Welcome") == channel.MAX_BATCH


def test_schemas_are_where_the_reference_looks() -> None:
    assert Path(batch.SCHEMAS) == PROTOCOL
