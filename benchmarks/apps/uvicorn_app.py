"""The least that an ASGI application can do."""

import msgspec

encode = msgspec.json.Encoder().encode


async def app(scope, receive, send):
    """Say hello."""
    if scope["type"] != "http":
        return
    body = encode({"message": "Hello"})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
