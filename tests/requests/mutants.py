"""Sources that each lack one check.

A check is a condition under which a request is refused, `if (...) return <refusal>;`, or one that has to hold, in a
function that tells whether something is valid. Each operand of its `||` and `&&` is taken out by itself: the former is
then never true, the latter always. So is each character that a table excludes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What refuses: a fault, the value that stands for one, or the fault of a part.
_FAULT = r"Fault::k(?!None|ClientGone)\w+|FaultOf\w+\(.*\)|\w+(?:->|\.)fault\(\)"
_REFUSES = re.compile(
    rf"\s*(?:return (?:Refuse\(.*\)|Found::kBroken|std::nullopt|false|-1)|(?:co_)?return (?:{_FAULT})|Refuse\(.*\));"
    r"|\s*\{[^{}]*\brefuse\("
)
_IF = re.compile(r"\bif \(")
_PREDICATE = re.compile(r"^(?:constexpr )?bool (Is|Has|OriginForm)(\w*)\(", re.MULTILINE)
_RETURN = re.compile(r"\breturn (?!true;|false;)")
# `return <condition> ? Fault::... : Fault::...;`, and a condition with a name.
_NAMED = re.compile(r"\b(?:const bool well_formed = |return (?=[^;?]* \? Fault::\w+ : Fault::kMalformed))")
_EXCLUDED = re.compile(r'string_view\("((?:[^"\\]|\\.)*)"\)\) table\[[^;]*\] = false;')
_LITERAL = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|//[^\n]*""")


@dataclass(frozen=True)
class Mutant:
    """A source without a check."""

    line: int
    check: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Each of them once."""
    # Literals and comments hold no brackets and operators.
    plain = _LITERAL.sub(lambda literal: "_" * len(literal[0]), source)
    checks: dict[tuple[int, int], str] = {}
    for found in _IF.finditer(plain):
        end = _end(plain, found.end())
        if _REFUSES.match(source, end + 1):
            begin = max(found.end(), plain.rfind("; ", found.end(), end) + 2)
            checks.update(dict.fromkeys(_operands(plain, begin, end), "false"))
    for found in _PREDICATE.finditer(plain):
        opposite = found[2].startswith("Framing")
        body = plain.index("{", found.end())
        for returned in _RETURN.finditer(plain, body, _end(plain, body + 1)):
            span = returned.end(), _end(plain, returned.end(), ";")
            checks.update(dict.fromkeys(_operands(plain, *span), "false" if opposite else "true"))
    for found in _NAMED.finditer(plain):
        end = re.compile(r" \? |;").search(plain, found.end())
        assert end
        checks.update(dict.fromkeys(_operands(plain, found.end(), end.start()), "true"))
    for (begin, end), value in sorted(checks.items()):
        # What the operand does besides must still be done: ++count.
        taken = f"(({source[begin:end]}), {value})"
        yield _mutant(source, begin, end, taken, source[begin:end])
    for found in _EXCLUDED.finditer(source):
        for character in re.finditer(r"\\?.", found[1]):
            begin, end = (found.start(1) + at for at in character.span())
            yield _mutant(source, begin, end, "", f"{character[0]} in {found[0]}")


def _mutant(source: str, begin: int, end: int, instead: str, check: str) -> Mutant:
    line = source.count("\n", 0, begin) + 1
    return Mutant(line, " ".join(check.split()), source[:begin] + instead + source[end:])


def _end(plain: str, at: int, closing: str = "") -> int:
    """Where what begins at `at` ends: at `closing`, or at the bracket that closes the one before it."""
    depth = 0
    while depth > 0 or plain[at] != closing:
        depth += (plain[at] in "([{") - (plain[at] in ")]}")
        if depth < 0:
            return at
        at += 1
    return at


def _operands(plain: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the operands of a condition lie."""
    while plain[begin].isspace():
        begin += 1
    while plain[end - 1].isspace():
        end -= 1
    if plain[begin] == "(" and _end(plain, begin + 1) == end - 1:
        yield from _operands(plain, begin + 1, end - 1)
        return
    at = start = begin
    parts = []
    while at < end:
        if plain[at] in "([{":
            at = _end(plain, at + 1)
        elif plain.startswith(("||", "&&"), at):
            parts.append((start, at))
            start = at + 2
        at += 1
    if not parts:
        yield begin, end
        return
    for part in [*parts, (start, end)]:
        yield from _operands(plain, *part)
