"""What the package does in C++: the wire, the front end's process, and JSON Schema."""

import contextvars
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from spikard._exchange import Incoming
from spikard._manifest import Manifest
from spikard._spool import Spool

T = TypeVar("T")

PROTOCOL_VERSION: int

# Of a header: texts of Latin-1 characters, or the octets that they stand for.
Field = tuple[str, str] | tuple[bytes, bytes]

class ChannelLost(ConnectionError):
    """What has come cannot be trusted, or something before it is missing: the connection has to be given up."""

class Recorder:
    """The flight recorder: memory that outlives this process and tells how far each exchange came."""

    def __init__(self, slots: int, cells: int) -> None:
        """Make the memory; one cell is the loop's, the others are the threads'.

        Raises:
            OSError: there is no more memory, or no descriptor.
        """

    def fileno(self) -> int:
        """Give the descriptor; what is written to it is what a crash has to say."""

    def close_descriptor(self) -> None:
        """Keep the memory without a descriptor."""

    def tick(self, debugging: bool) -> None:
        """Tell that the loop turns, and whether a debugger may stop it."""

    def break_in(self) -> None:
        """Tell that a debugger takes over, until the next `tick` says otherwise."""

    @property
    def slots(self) -> int: ...

def dump_file() -> int:
    """Give the descriptor of the file that stacks are dumped to when the front end asks; always the same.

    Raises:
        OSError: there is no more memory, or no descriptor.
    """

def dump_at(number: int) -> None:
    """Have stacks dumped by this signal, whose handler is faulthandler's for `dump_file()`; once."""

def interrupt_by(number: int) -> None:
    """Send this signal to the main thread when a step is to be broken off that it runs."""

def interrupted() -> int:
    """Give the number of the exchange whose step was last to be broken off."""

def start_obeying(connection: int, orders: int) -> None:
    """Do in a thread what comes over this attach socket, until its end: about this thread's stack and step, or die.

    Args:
        connection: the attach socket.
        orders: the descriptor of a socket for those packets that are for the loop.

    Raises:
        OSError: there is no more descriptor.
    """

def first_step(
    coroutine: Coroutine[Any, Any, None], exchange: Exchange | None, /
) -> tuple[contextvars.Context, Any] | None:
    """Step a coroutine for the first time, in a copy of the context, and have the flight recorder name the exchange.

    Returns: the copy and what it waits for; None if it has ended. Raises what it raises.
    """

def steps(coroutine: Coroutine[Any, Any, None], exchange: Exchange | None, /) -> Coroutine[Any, Any, None]:
    """Give a coroutine that does the same, and has the flight recorder name the exchange while it is being stepped."""

def begin(exchange: Exchange, /) -> bool:
    """Tell the flight recorder that the application sees it now; False if that must not be: it was revoked."""

def call_for(exchange: Exchange | None, cell: int, function: Callable[..., T], /, *args: Any) -> T:
    """Call a function, and have the cell of this thread in the flight recorder name the exchange meanwhile."""

def stepped() -> Exchange | None:
    """Give the exchange that this thread is stepping by `first_step` or `steps`."""

class Exchange:
    """One request; see `spikard._exchange.Exchange` for the attributes that handlers are built on."""

    gone: bool
    on_gone: Callable[[], object] | None
    body: bytes
    incoming: Incoming | None
    spool: Spool | None
    kept: bool
    given_away: bool

    @property
    def number(self) -> int: ...
    @property
    def slot(self) -> int: ...
    @property
    def route(self) -> int: ...
    @property
    def method(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def path_parameters(self) -> list[str]: ...
    @property
    def arguments(self) -> bytes: ...
    @property
    def form(self) -> bytes: ...
    @property
    def verdict(self) -> bytes: ...
    @property
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]: ...
    @property
    def awaited(self) -> bool:
        """Whether its client sends none of it before it is asked to."""
    @property
    def request_id(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    @property
    def client(self) -> tuple[str, int]: ...
    @property
    def attempt(self) -> int: ...

class Inbox:
    """What the front end sends on one connection, checked and in order."""

    def __init__(self, incarnation: int, recorder: Recorder | None) -> None: ...
    def read(self, frames: list[bytes]) -> list[tuple[Any, ...]]:
        """Read a batch, as a tuple per message.

        A request is (exchange, its number, its route, whether its body comes in chunks), others (name, values ...).

        Raises:
            ChannelLost: the batch is damaged, or one before it is missing.
        """

class Outbox:
    """What the worker sends on one connection, collected until it is sealed into a batch.

    Args:
        incarnation: of the front end.
        on_first: called when something was put into it while it was empty; tells whether a turn begins with that.
        on_full: called when it has to be sealed: a batch has limits, and what is in it waits for half a millisecond of
            a turn at most.
    """

    def __init__(
        self, incarnation: int, on_first: Callable[[], bool], on_full: Callable[[], None]
    ) -> None: ...
    def hello(
        self, *, token: bytes, pid: int, runtime: str, slots: int, manifest_hash: bytes, max_batch: int
    ) -> None: ...
    def manifest(self, manifest: bytes) -> None: ...
    def ready(self) -> None: ...
    def pong(self, number: int) -> None: ...
    def leaving(self) -> None: ...
    def goodbye(self) -> None: ...
    def json(self, exchange: Exchange, status: int, body: bytes, /) -> bool:
        """Answer with a JSON text. False, and nothing is done, if it is larger than `body_limit`."""

    def respond(self, exchange: Exchange, status: int, headers: Sequence[Field], body: bytes) -> bool:
        """Answer with these header fields. False, and nothing is done, if the body is larger than `body_limit`.

        Raises:
            UnicodeEncodeError: a header field has characters that Latin-1 lacks.
        """

    def problem(
        self,
        exchange: Exchange,
        status: int,
        slug: str = "",
        detail: str = "",
        errors: bytes = b"",
        headers: Sequence[Field] = (),
    ) -> None:
        """Let the front end word an error (RFC 9457); what is empty, the status decides.

        Raises:
            ValueError: it is larger than `body_limit`.
            UnicodeEncodeError: a header field has characters that Latin-1 lacks.
        """

    def begin(self, exchange: Exchange, status: int, headers: Sequence[Field]) -> None:
        """Begin a response that `chunk` goes on with.

        Raises:
            UnicodeEncodeError: a header field has characters that Latin-1 lacks.
        """

    def chunk(self, exchange: Exchange, body: bytes, last: bool) -> None:
        """Send more of a response, within its window; `last` ends it."""

    def window(self, number: int, slot: int, size: int) -> None:
        """Let the front end send more of a request's body."""

    def return_(self, exchange: Exchange) -> None:
        """Give an exchange back that was not begun."""

    def seal(self) -> list[bytes]:
        """Give the frames of a batch with all that was collected; REQUIRES: not `empty`."""

    def begin_turn(self) -> None:
        """Let what is put into it from now on leave together."""

    def limit(self, batch: int, body: int) -> None:
        """Let it be full with so many bytes, if that is sooner than now, and take bodies of so many."""

    @property
    def body_limit(self) -> int:
        """How many bytes the body of one answer may have; 0 before `limit` has told."""

    def close(self) -> None:
        """Call nobody any more; REQUIRED at the end, for those who are called hold it."""

    @property
    def empty(self) -> bool: ...
    @property
    def forked(self) -> bool:
        """Whether this process was forked off the one that it belongs to."""

def encode_attach(pid: int, slots: int) -> bytes: ...
def decode_control(packet: bytes) -> tuple[object, ...]: ...
def encode_manifest(manifest: Manifest) -> bytes: ...
def problem(status: int, slug: str = "", detail: str = "", errors: bytes = b"", instance: str = "") -> bytes:
    """Word an error as the front end does for `Outbox.problem`: a JSON text (RFC 9457)."""

class FrontEnd:
    """The front end's process: started, watched by a thread without the GIL, started again when it dies."""

    def __init__(self, command: list[str], host: str, port: int, listener: int = -1) -> None: ...
    def start(self) -> None:
        """Start the process and wait until it listens.

        Raises:
            RuntimeError: it cannot; the text says why in one line.
        """

    def stop(self) -> None:
        """Ask it to finish and leave; after that it is not started again."""

    def kill(self) -> None: ...
    def fileno(self) -> int:
        """Give a descriptor that becomes readable when the process has ended for good."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def pid(self) -> int: ...
    @property
    def status(self) -> int:
        """The exit status once it has ended, or minus the signal."""

def start_worker(command: Sequence[bytes], environment: Sequence[bytes], line: int) -> int:
    """Start a program that ignores SIGINT, gets SIGTERM when this process ends, and inherits the descriptor `line`.

    Raises:
        OSError: there can be no more processes.
    """

def end_with_supervisor(line: int, grace: float) -> None:
    """Have a thread that needs no GIL end this process `grace` seconds after the other end of `line` was closed."""

def note_sender(number: int) -> None:
    """Note from now on who sends this signal; after `signal.signal` has set its handler, which is called as before.

    Raises:
        OSError: there is no such signal.
    """

def sender(number: int) -> int:
    """Give the process that has sent this signal last; 0: the kernel, as for Ctrl+C in a terminal."""

class FormRefused(ValueError):
    """A body that is no form, a broken one, or too large in its parts; its arguments are status and detail."""

class FormReader:
    """Reads one form by the rules of those that the front end reads, into what `Exchange.form` is."""

    def __init__(self, content_type: str) -> None:
        """Begin.

        Raises:
            FormRefused: that is the type of no form.
        """

    def put(self, part: bytes, /) -> None:
        """Look at what comes next of a multipart form.

        Raises:
            FormRefused: it is wrong, whatever follows.
        """

    def end(self, body: bytes, /) -> bytes:
        """Read all of it; `put` has seen all or nothing.

        Raises:
            FormRefused: it is wrong.
        """

    def end_file(self, file: int, size: int, /) -> bytes:
        """Read the same from a descriptor; blocks.

        Raises:
            FormRefused: it is wrong, or cannot be read (503).
        """

class SchemaError(ValueError):
    """The schema itself is wrong, or cannot be had or used."""

class SchemaViolation:
    """One way in which an instance breaks a schema."""

    @property
    def path(self) -> tuple[str | int, ...]: ...
    @property
    def pointer(self) -> str:
        """Give `path` as a JSON Pointer."""

    @property
    def keyword(self) -> str:
        """Name the keyword that failed; "false" for the schema false."""

    @property
    def params(self) -> bytes:
        """Give the keyword's value, as JSON."""

    @property
    def instance(self) -> bytes:
        """Give the value at `path`, as JSON."""

    @property
    def location(self) -> str:
        """Give the absolute location of the keyword."""

    @property
    def property(self) -> str:
        """Name the member that is missing or too much; "" for other keywords."""

class Schema:
    """A compiled JSON Schema: draft 2020-12, or 2019-09, 07, 06 by its $schema."""

    def __init__(
        self,
        schema_json: bytes | str,
        *,
        format_assertion: bool = False,
        remotes: Mapping[str, bytes | str] | Callable[[str], bytes | str | None] | None = None,
    ) -> None:
        """Compile; `remotes` gives the JSON text of a schema by its URI.

        Raises:
            SchemaError: the text says what is wrong, and where.
        """

    def is_valid(self, json: bytes | str, /) -> bool:
        """Tell whether a JSON text is valid.

        Raises:
            ValueError: it is no acceptable JSON.
        """

    def validate(
        self, json: bytes | str, /, *, max_errors: int = 100, explain_alternatives: bool = False
    ) -> list[SchemaViolation]:
        """List what is wrong with a JSON text, nothing if it is valid.

        Raises:
            ValueError: it is no acceptable JSON.
        """
