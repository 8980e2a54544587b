"""Whatever breaks a declared type is answered by the front end: no message reaches a worker, and it is quick."""

import gzip

from raw_client import Connection, Response
from raw_front_end import FrontEnd

JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
PART = b"--b\r\nContent-Disposition: form-data; name=price\r\n\r\n"

# target, content type, body, status
INVALID = [
    ("/item", JSON, b'{"name": 1, "price": 0}', 422),
    ("/item?limit=x", JSON, b'{"name": "a", "price": 1}', 422),
    ("/item", JSON, b"{", 400),
    ("/item", JSON, b'"\xff"', 400),
    ("/item", JSON, b"[" * 200 + b"]" * 200, 400),
    ("/item", JSON, b"[" + b" " * 100_000 + b"]", 422),
    ("/item", JSON, b"", 422),
    ("/item", "text/plain", b"x", 415),
    ("/item", URLENCODED, b"name=a&price=x", 422),
    ("/item", URLENCODED, b"name=%ff", 400),
    ("/item", MULTIPART, PART + b"x\r\n--b--", 422),
    ("/item", MULTIPART, PART + b"x\r\n--b", 400),
]


def ask(connection: Connection, method: str, target: str, *fields: str, body: bytes = b"") -> Response:
    head = [f"{method} {target} HTTP/1.1", "Host: a", *fields, f"Content-Length: {len(body)}"]
    connection.send("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    return connection.read_response()


def test_no_worker_sees_what_is_invalid(front_ends: dict[str, FrontEnd]) -> None:
    with Connection(front_ends["patient"].address) as connection:
        before = int(ask(connection, "GET", "/seen").body)
        for _ in range(50):
            for target, content_type, body, status in INVALID:
                response = ask(connection, "POST", target, f"Content-Type: {content_type}", body=body)
                assert response.status == status, (target, body[:60], response.body)
            assert ask(connection, "GET", "/typed/x").status == 422
        assert int(ask(connection, "GET", "/seen").body) == before + 1


def test_a_compressed_body_is_judged_and_arrives_plain(front_ends: dict[str, FrontEnd]) -> None:
    plain = b'{"name": "a", "price": 1}'
    fields = (f"Content-Type: {JSON}", "Content-Encoding: gzip")
    with Connection(front_ends["patient"].address) as connection:
        assert ask(connection, "POST", "/item", *fields, body=gzip.compress(plain)).body == plain
        assert ask(connection, "POST", "/item", *fields, body=gzip.compress(b"{}")).status == 422
        bomb = gzip.compress(b" " * 20_000_000 + plain)
        assert ask(connection, "POST", "/item", *fields, body=bomb).status == 413, "by what it stands for"
