"""The least that an ASGI application can do."""

import json
from urllib.parse import parse_qs

import msgspec
from busy import busy

encode = msgspec.json.Encoder().encode


async def app(scope, receive, send):
    """Answer by path."""
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path == "/":
        answer = {"message": "Hello"}
    elif path == "/orders":
        order = json.loads(await _body(receive))
        answer = {"name": order["name"], "total": order["price"] * order["quantity"]}
    elif path == "/busy":
        busy()
        answer = {"message": "Hello"}
    else:
        query = parse_qs(scope["query_string"].decode())
        answer = {"id": int(path.rpartition("/")[2]), "limit": int(query["limit"][-1]), "q": query["q"][-1]}
    body = encode(answer)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _body(receive):
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
