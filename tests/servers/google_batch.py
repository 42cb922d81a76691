"""Batches of requests in one (multipart/mixed), as Google's APIs take and answer them."""

import json
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from http import HTTPStatus

from servers.loopback_http import Answer, Request

#: The most that one batch may hold.
MOST = 100


def split(request: Request) -> list[tuple[str, Request]]:
    """The requests of a batch, each with its Content-ID; those in it that say no sign-in have the outer one."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    outer = message_from_bytes(head + request.body)
    parts = outer.get_payload()
    assert isinstance(parts, list)
    return [(str(part["Content-ID"]), _inner(part, request)) for part in parts if isinstance(part, Message)]


def _inner(part: Message, outer: Request) -> Request:
    """The request that a part holds."""
    text = part.get_payload(decode=True)
    assert isinstance(text, bytes)
    line, _, rest = text.partition(b"\n")
    verb, path, _ = line.decode("ascii").strip().split(" ")
    head, _, body = rest.replace(b"\r\n", b"\n").partition(b"\n\n")
    fields = message_from_bytes(head + b"\n\n")
    headers = {name.lower(): value for name, value in fields.items()}
    headers.setdefault("authorization", outer.headers.get("authorization", ""))
    return Request(verb, path, headers, body)


def answered(request: Request, answer: Callable[[Request], Answer]) -> Answer:
    """The answer to a batch, whose parts are answered one by one."""
    asked = split(request)
    if len(asked) > MOST:
        error = {"error": {"code": 400, "message": f"The batch exceeds {MOST} calls"}}
        return Answer(400, json.dumps(error).encode(), {"Content-Type": "application/json"})
    boundary = "batch_invented"
    parts = [_written(boundary, content_id, answer(inner)) for content_id, inner in asked]
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return Answer(200, body, {"Content-Type": f"multipart/mixed; boundary={boundary}"})


def _written(boundary: str, content_id: str, answer: Answer) -> bytes:
    """One part of the answer; its Content-ID is the request's with `response-` in front."""
    reason = HTTPStatus(answer.status).phrase
    fields = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    head = (
        f"--{boundary}\r\nContent-Type: application/http\r\n"
        f"Content-ID: <response-{content_id.strip('<>')}>\r\n\r\n"
        f"HTTP/1.1 {answer.status} {reason}\r\n{fields}Content-Length: {len(answer.body)}\r\n\r\n"
    )
    return head.encode() + answer.body + b"\r\n"
