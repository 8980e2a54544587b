"""Every snippet of the documents runs, and every link between them leads somewhere."""

from __future__ import annotations

import ast
import contextlib
import os
import re
import runpy
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import spikard

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace", "route", "sse")
ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("protocol/*.md")])


def _snippets(language: str) -> list[object]:
    return [
        pytest.param(match[1], id=f"{document.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}")
        for document in DOCUMENTS
        if (text := document.read_text())
        for match in re.finditer(rf"^ *```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    ]


@contextlib.contextmanager
def _serving(*command: object, **environment: str) -> Iterator[str]:
    """The address of a program that serves; stopped by Ctrl+C at the end."""
    words = [str(word) for word in (sys.executable, *command)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=os.environ | environment) as process:
        assert process.stderr
        said = process.stderr.readline()
        try:
            address = re.match(r"Spikard serves on (http://127\.0\.0\.1:\d+) ", said)
            assert address, said
            yield address[1]
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.stderr.read()
    assert process.returncode == 0, rest


@pytest.mark.parametrize("snippet", _snippets("python"))
def test_python_snippet_serves(snippet: str, tmp_path: Path) -> None:
    """On a free port, since another test may have the one that it names."""
    assert "app.run(" in snippet
    program = tmp_path / "server.py"
    program.write_text(re.sub(r"app\.run\(.*\)", "app.run(port=0)", snippet))
    with _serving(program):
        pass


@pytest.mark.parametrize("snippet", _snippets("python"))
def test_python_snippet_defines_routes(snippet: str, tmp_path: Path) -> None:
    program = tmp_path / "server.py"
    program.write_text(snippet)
    spikard.reset_default_router()
    app = runpy.run_path(str(program), run_name="snippet")["app"]
    declared = sum(_declares_route(d) for node in ast.walk(ast.parse(snippet)) for d in _decorators(node))
    routes = [route for route in app.routes if not route.mounted]
    assert len(routes) == declared
    assert app.routes


def _decorators(node: ast.AST) -> list[ast.expr]:
    return node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []


def _declares_route(decorator: ast.expr) -> bool:
    """`@app.get(...)` or `@get(...)`, not a hook, and not `@old.get(...)` of another framework."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(getattr(called, "value", None), ast.Name) and called.value.id == "old":
        return False
    return getattr(called, "attr", getattr(called, "id", "")) in _VERBS


@pytest.mark.parametrize("snippet", _snippets("sh"))
def test_shell_snippet(snippet: str) -> None:
    """What asks the example is run; of targets, and files for other tools, it is enough that they are there."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    with _serving(ROOT / "examples/hello/server.py", SPIKARD_PORT="0") as address:
        for line in snippet.splitlines():
            command, *arguments = shlex.split(line.replace("http://127.0.0.1:8000", address))
            if command == "make":
                assert set(arguments) <= targets, line
            elif command in ("docker", "kubectl"):
                files = [word for word in arguments if "/" in word]
                assert files, line
                assert all((ROOT / file).exists() for file in files), line
            else:
                assert command == "curl", line
                subprocess.run(
                    ["curl", "--silent", "--show-error", "--fail", *arguments], check=True, timeout=20
                )


@pytest.mark.parametrize("snippet", [*_snippets("yaml"), *_snippets("ini")])
def test_snippet_is_part_of_a_file(snippet: str) -> None:
    """Of one that is tested where it lies; indented as it may be."""
    files = [*ROOT.glob("docker/**/*.y*ml"), *ROOT.glob("examples/systemd/*")]
    lines = [line.strip().removeprefix("- ") for line in snippet.splitlines()]
    text = re.escape("\n".join(lines)).replace("\\\n", "\n *")
    assert any(re.search(rf"^ *(- )?{text}$", file.read_text(), re.MULTILINE) for file in files), snippet


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)", document.read_text()):
        assert link.startswith("https://") or os.path.exists(document.parent / link), link
