"""The format of `cases/*.txt`; README.md explains it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_ESCAPE = re.compile(rb"\\(?:\{([^}]*)\*(\d+)\}|x([0-9a-fA-F]{2})|(.))")
_PLAIN = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"\\": b"\\"}


@dataclass(frozen=True)
class Pause:
    """Time passes."""


@dataclass(frozen=True)
class Await:
    """An interim response must come."""

    status: int


@dataclass(frozen=True)
class Sees:
    """So much of an answer must have come."""

    text: bytes


@dataclass(frozen=True)
class HalfClose:
    """The client ends its side."""


@dataclass(frozen=True)
class Answer:
    """What one response may be; status 0 is none."""

    statuses: frozenset[int]
    to_head: bool = False
    is_cut: bool = False


@dataclass
class Case:
    name: str
    rfc: str = ""
    front_end: str = "patient"
    steps: list[bytes | Pause | Await | Sees | HalfClose] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    interim: int = 0
    then: str = ""
    body: bytes | None = None
    has: list[tuple[str, str]] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    at_once: bool = False

    def add_bytes(self, data: bytes) -> None:
        if self.steps and isinstance(self.steps[-1], bytes):
            self.steps[-1] += data
        else:
            self.steps.append(data)

    def check(self) -> None:
        if not (self.rfc and self.steps and self.answers):
            raise ValueError(f"{self.name}: rfc, bytes and answers are needed")
        if self.then not in ("kept", "closed"):
            raise ValueError(f"{self.name}: then is kept or closed")


def unescape(text: str) -> bytes:
    """Bytes of a value."""

    def value(match: "re.Match[bytes]") -> bytes:
        repeated, times, octet, plain = match.groups()
        if times is not None:
            return unescape(repeated.decode()) * int(times)
        return bytes.fromhex(octet.decode()) if octet else _PLAIN[plain]

    return _ESCAPE.sub(value, text.encode("latin-1"))


def _answer(text: str) -> Answer:
    to_head = text.endswith("-head")
    is_cut = text.endswith("-cut")
    statuses = text.removesuffix("-head").removesuffix("-cut").split("|")
    return Answer(frozenset(0 if s == "none" else int(s) for s in statuses), to_head, is_cut)


def _apply(case: Case, key: str, value: str) -> None:
    match key:
        case ">":
            case.add_bytes(unescape(value))
        case "at-once":
            case.at_once = True
        case "pause":
            case.steps.append(Pause())
        case "half-close":
            case.steps.append(HalfClose())
        case "interim":
            case.interim = int(value)
        case "await":
            case.steps.append(Await(int(value)))
        case "sees":
            case.steps.append(Sees(unescape(value)))
        case "answers":
            case.answers = [_answer(item) for item in value.split()]
        case "body":
            case.body = unescape(value)
        case "has":
            name, _, text = value.partition(": ")
            case.has.append((name, text))
        case "lacks":
            case.lacks.append(value)
        case "rfc" | "then":
            setattr(case, key, value)
        case "front-end":
            case.front_end = value
        case _:
            raise ValueError(f"{case.name}: unknown key {key}")


def read(path: Path) -> Iterator[Case]:
    """The cases of one file."""
    name, lines = "", list[tuple[str, str]]()
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("== "):
            yield from _cases(name, lines)
            name, lines = f"{path.stem}/{line[3:]}", []
        elif not name:
            raise ValueError(f"{path}: a line before the first case")
        elif line.startswith("> "):
            lines.append((">", line[2:]))
        else:
            key, _, value = line.partition(": ")
            lines.append((key, value))
    yield from _cases(name, lines)


def _cases(name: str, lines: list[tuple[str, str]]) -> Iterator[Case]:
    values = [value for key, text in lines if key == "each" for value in text.split(" ")]
    if name and not values:
        yield _case(name, lines)
    for value in values:
        rest = [(key, text.replace(r"\{each}", value)) for key, text in lines if key != "each"]
        case = _case(f"{name}={value}", rest)
        case.at_once |= value != values[0]
        yield case


def _case(name: str, lines: list[tuple[str, str]]) -> Case:
    case = Case(name)
    for key, value in lines:
        _apply(case, key, value)
    case.check()
    return case


def read_all(directory: Path) -> list[Case]:
    cases = [case for path in sorted(directory.glob("*.txt")) for case in read(path)]
    names = [case.name for case in cases]
    if len(set(names)) < len(names):
        raise ValueError(f"twice: {sorted(name for name in names if names.count(name) > 1)}")
    return cases
