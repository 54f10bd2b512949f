"""A store of a few lines: for answers that the sandbox's buckets never give."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

EMPTY = b"<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated></ListBucketResult>"


class Store(ThreadingHTTPServer):
    """Keeps what is put; `listing` answers every GET of a bucket."""

    status, listing, deleting = 200, EMPTY, 204

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Store

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path not in self.server.files:
            return self.answer(self.server.status, self.server.listing)
        content = self.server.files[path]
        return (
            self.answer(206, content[:8]) if "Range" in self.headers else self.answer(200, content)
        )

    def do_PUT(self):
        length = int(self.headers["Content-Length"])
        self.server.files[self.path.partition("?")[0]] = self.rfile.read(length)
        self.answer(200, b"")

    def do_DELETE(self):
        self.answer(self.server.deleting, b"")

    def answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextmanager
def server_answering(**facts) -> Iterator[Store]:
    store = Store()
    vars(store).update(facts)
    thread = threading.Thread(target=store.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield store
    finally:
        store.shutdown()
        thread.join()
        store.server_close()
