"""A TCP proxy of the tests' own between client and server: it waits for words in what the client says, then acts."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

#: What is done when the client has said the words.
Deed = Callable[["Proxy"], None]
_CHUNK = 65_536


class Proxy:
    """Passes bytes between clients and ``server``, both ways; ``uri`` is where clients find it.

    ``words`` arms it: when a client has said them, one after the other, ``deed`` is done, once, and the piece with the
    last of them goes nowhere. With ``after`` it goes to the server, and the deed is done when the answer comes, which
    is thrown away: the server has done it, the client never hears of it. ``delay`` is the seconds that each piece
    waits; ``rewrite`` changes what the server says.
    """

    def __init__(
        self,
        server: int,
        *,
        words: tuple[bytes, ...] = (),
        deed: Deed | None = None,
        after: bool = False,
        delay: float = 0.0,
        rewrite: tuple[bytes, bytes] | None = None,
    ) -> None:
        self._server, self._words, self._deed, self._after = server, words, deed, after
        self._delay, self._rewrite = delay, rewrite
        self.acted = threading.Event()
        self._stalled, self._ended = threading.Event(), threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.uri = f"bolt://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self.cut()
        for thread in self._threads:
            thread.join(10)

    def cut(self) -> None:
        """Close every connection and take no more, as a server that is gone."""
        with self._lock:
            self._listening.close()
            for each in self._open:
                _close(each)
            self._open.clear()

    def drop(self) -> None:
        """Close every connection and go on taking new ones, as a network that stumbled."""
        with self._lock:
            for each in self._open:
                _close(each)
            self._open.clear()

    def stall(self) -> None:
        """Keep every connection, and say nothing on any of them any more."""
        self._stalled.set()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return  # closed: cut, or at the end
            passing = threading.Thread(target=self._pass, args=(client,), daemon=True)
            self._threads.append(passing)
            passing.start()

    def _pass(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._server), timeout=10)
        except OSError:
            _close(client)
            return
        with self._lock:
            self._open |= {client, server}
        with selectors.DefaultSelector() as waiting:
            try:
                waiting.register(client, selectors.EVENT_READ, server)
                waiting.register(server, selectors.EVENT_READ, client)
                self._pump(waiting, client)
            except (OSError, ValueError):
                return  # one of the two was closed, and the other is by now
            finally:
                _close(client)
                _close(server)

    def _pump(self, waiting: selectors.BaseSelector, client: socket.socket) -> None:
        said, armed = b"", False
        while not self._ended.is_set():
            for key, _ in waiting.select(0.05):
                source = key.fileobj
                assert isinstance(source, socket.socket)
                if self._stalled.is_set():
                    time.sleep(0.05)
                    continue
                piece = source.recv(_CHUNK)
                if not piece:
                    return
                if source is client and self._words and not self.acted.is_set():
                    said += piece
                    armed = _all_in(self._words, said)
                    if armed and not self._after:
                        self._act()
                        continue
                elif source is not client and armed and not self.acted.is_set():
                    self._act()
                    continue
                if source is not client and self._rewrite:
                    piece = piece.replace(*self._rewrite)
                time.sleep(self._delay)
                key.data.sendall(piece)

    def _act(self) -> None:
        self.acted.set()
        if self._deed:
            self._deed(self)


def _all_in(words: tuple[bytes, ...], said: bytes) -> bool:
    """Whether the words were said in their order."""
    at = 0
    for each in words:
        at = said.find(each, at) + len(each)
        if at < len(each):
            return False
    return True


def _close(each: socket.socket) -> None:
    try:
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        each.close()  # not connected any more
        return
    each.close()
