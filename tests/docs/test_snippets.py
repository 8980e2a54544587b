"""Every snippet of the documents runs, and every link between them leads somewhere."""

from __future__ import annotations

import ast
import os
import re
import runpy
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import spikard

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("protocol/*.md")])


def _snippets(language: str) -> list[object]:
    return [
        pytest.param(match[1], id=f"{document.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}")
        for document in DOCUMENTS
        if (text := document.read_text())
        for match in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    ]


@pytest.mark.parametrize("snippet", _snippets("python"))
def test_python_snippet_serves(snippet: str, tmp_path: Path) -> None:
    """On a free port, since another test may have the one that it names."""
    assert "app.run(" in snippet
    program = tmp_path / "server.py"
    program.write_text(re.sub(r"app\.run\(.*\)", "app.run(port=0)", snippet))
    with subprocess.Popen([sys.executable, program], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert re.match(r"Spikard serves on http://127\.0\.0\.1:\d+ ", said), said + rest
    assert process.returncode == 0, rest


@pytest.mark.parametrize("snippet", _snippets("python"))
def test_python_snippet_defines_routes(snippet: str, tmp_path: Path) -> None:
    program = tmp_path / "server.py"
    program.write_text(snippet)
    spikard.reset_default_router()
    app = runpy.run_path(str(program), run_name="snippet")["app"]
    decorators = sum(len(node.decorator_list) for node in ast.walk(ast.parse(snippet)) if _is_function(node))
    assert len(list(app.routes)) == decorators > 0


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


@pytest.mark.parametrize("snippet", _snippets("sh"))
def test_shell_snippet_names_what_there_is(snippet: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for line in snippet.splitlines():
        command, *arguments = line.split()
        assert command in ("make", "curl"), line
        if command == "make":
            assert set(arguments) <= targets, line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)", document.read_text()):
        assert link.startswith("https://") or os.path.exists(document.parent / link), link
