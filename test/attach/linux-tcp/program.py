# The programs of the scripts, on Linux: does what it is told in a line of JSON, [number, call, ...], and answers in one,
# [number, result]. It has plain BSD sockets, each under the name "host address peer port"; nothing here waits.
# Reading list: tcp(7), socket(7), epoll(7), sock_diag(7).

import errno
import fcntl
import json
import select
import socket
import struct
import sys
import termios
import threading

HOST_PORT = 80
STATES = {
    1: "ESTABLISHED", 2: "SYN-SENT", 3: "SYN-RECEIVED", 4: "FIN-WAIT-1", 5: "FIN-WAIT-2", 6: "TIME-WAIT",
    7: "CLOSED", 8: "CLOSE-WAIT", 9: "LAST-ACK", 10: "LISTEN", 11: "CLOSING", 12: "SYN-RECEIVED",
}
IN, OUT = select.EPOLLIN | select.EPOLLRDHUP, select.EPOLLOUT

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLM_F_REQUEST = 1

diagnosis = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)
poll = select.epoll()
watched = {}


def failure(error):
    return errno.errorcode.get(error.errno, str(error))


def set_options(sock, options):
    tcp, plain = socket.IPPROTO_TCP, socket.SOL_SOCKET
    for name, value in options.items():
        if name == "receiveBuffer":
            # Linux counts its own overhead too, and takes twice as much for that. With a lot more the clamp is the window.
            sock.setsockopt(plain, socket.SO_RCVBUF, 65536 if options.get("hasExactWindow") else value)
            sock.setsockopt(tcp, socket.TCP_WINDOW_CLAMP, value)
        elif name == "sendBuffer":
            sock.setsockopt(plain, socket.SO_SNDBUF, value)
        elif name == "nodelay":
            sock.setsockopt(tcp, socket.TCP_NODELAY, value)
        elif name == "keepAlive":
            sock.setsockopt(plain, socket.SO_KEEPALIVE, value is not False)
            if isinstance(value, dict):
                sock.setsockopt(tcp, socket.TCP_KEEPIDLE, value["idle"] // 10**9)
                sock.setsockopt(tcp, socket.TCP_KEEPINTVL, value["interval"] // 10**9)
                sock.setsockopt(tcp, socket.TCP_KEEPCNT, value["probes"])
        elif name == "userTimeout":
            sock.setsockopt(tcp, socket.TCP_USER_TIMEOUT, value // 10**6)
        elif name == "linger":
            sock.setsockopt(plain, socket.SO_LINGER, struct.pack("ii", 1, value // 10**9))
        elif name == "congestion":
            sock.setsockopt(tcp, socket.TCP_CONGESTION, b"reno" if value == "newreno" else value.encode())
        elif name == "mss":
            sock.setsockopt(tcp, socket.TCP_MAXSEG, value)


class Listener:
    def __init__(self, host, backlog, options):
        self.host, self.options = host, options
        self.sock = new_socket(host, HOST_PORT, options)
        self.sock.listen(128 if backlog is None else backlog)
        watch(self.sock, self, IN)

    def ready(self, _):
        try:
            sock, (_, port) = self.sock.accept()
        except OSError:
            return
        connections[f"{self.host} {port}"] = Connection(sock, True)

    def close(self):
        unwatch(self.sock)
        self.sock.close()


class Connection:
    def __init__(self, sock, is_connected):
        self.sock = sock
        self.is_connected = False
        self.is_open = True
        self.at_once = True
        self.is_over = False
        self.has_ended = False
        self.waiting = b""
        self.is_shut = False
        self.received = b""
        self.told = []
        sock.setblocking(False)
        watch(sock, self, IN | OUT)
        if is_connected:
            self.connected()

    def connected(self):
        self.is_connected = True
        self.told.append("connected")
        # Delayed acknowledgments from the beginning; by default Linux acknowledges the first segments at once.
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
        # Urgent text stays in the stream, as RFC 6093 wants.
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
        rewatch(self.sock, IN)

    def ready(self, events):
        if not self.is_connected and events & (OUT | select.EPOLLERR):
            error = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error != 0:
                self.fail(errno.errorcode[error])
                return
            self.connected()
            if self.waiting:
                waiting, self.waiting = self.waiting, b""
                self.sock.send(waiting)
            if self.is_shut:
                self.sock.shutdown(socket.SHUT_WR)
        if events & select.EPOLLERR:
            # A program that reads gets what came before the error, then the error.
            if self.at_once and not self.has_ended:
                self.read(None)
            error = 0 if self.is_over else self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error != 0:
                self.fail(errno.errorcode[error])
        elif self.at_once and self.is_connected and not self.has_ended:
            self.read(None)
        elif events & select.EPOLLHUP:
            # What there is to read is still there.
            unwatch(self.sock)

    def read(self, most):
        count = 0
        while not (self.is_over or self.has_ended) and (most is None or count < most):
            try:
                piece = self.sock.recv(65536 if most is None else most - count)
            except BlockingIOError:
                break
            except OSError as error:
                self.fail(failure(error))
                break
            if piece == b"":
                self.told.append("ended")
                self.has_ended = True
                # From now on only errors and the very end are of interest; these are always told.
                rewatch(self.sock, 0)
                break
            self.received += piece
            count += len(piece)
        return count

    def fail(self, name):
        if self.is_over:
            return
        self.told.append(f"failed {name}")
        self.stop()

    def stop(self):
        """Nothing more will come of it: it is not watched any more."""
        self.is_over = True
        unwatch(self.sock)

    def available(self):
        if not self.is_open or not self.is_connected:
            return 0
        try:
            return struct.unpack("i", fcntl.ioctl(self.sock, termios.FIONREAD, bytes(4)))[0]
        except OSError:
            return 0

    def close(self):
        self.is_open = False
        unwatch(self.sock)
        # With a time to linger this waits for the peer, and everybody else must not.
        threading.Thread(target=self.sock.close, daemon=True).start() if self.lingers() else self.sock.close()

    def lingers(self):
        _, time = struct.unpack("ii", self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
        return time > 0


listeners = {}
connections = {}


def new_socket(host, port, options):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Whatever this machine's own default is; some machines allow it to namespaces only this way.
    set_options(sock, {"congestion": "cubic", **options})
    sock.bind((host, port))
    sock.setblocking(False)
    return sock


def watch(sock, owner, events):
    watched[sock.fileno()] = owner
    poll.register(sock, events)


def rewatch(sock, events):
    if sock.fileno() in watched:
        poll.modify(sock, events)


def unwatch(sock):
    if watched.pop(sock.fileno(), None) is not None:
        poll.unregister(sock)


def settle():
    """Lets everybody hear what there is to hear."""
    for _ in range(20):
        ready = poll.poll(0)
        if not ready:
            return
        for number, events in ready:
            if number in watched:
                watched[number].ready(events)


def listen(host, backlog, options):
    listeners[host] = Listener(host, backlog, options)


def stop_listening(host):
    listeners.pop(host).close()


def connect(host, peer, port, options):
    sock = new_socket(host, 0, options)
    answer = sock.connect_ex((peer, port))
    if answer not in (0, errno.EINPROGRESS):
        return errno.errorcode[answer]
    connections[f"{host} {port}"] = Connection(sock, False)
    return sock.getsockname()[1]


def has(name):
    return name in connections


def write(name, text, urgent):
    one = connections[name]
    data = bytes.fromhex(text)
    if not one.is_open:
        return 0
    if not one.is_connected and not one.is_over:
        one.waiting += data
        return len(data)
    try:
        return one.sock.send(data, socket.MSG_NOSIGNAL | (socket.MSG_OOB if urgent else 0))
    except OSError:
        return 0


def read(name, most):
    return connections[name].read(most)


def reading(name, at_once):
    connections[name].at_once = at_once
    one = connections[name]
    if one.is_open and one.is_connected and not (one.is_over or one.has_ended):
        rewatch(one.sock, IN if at_once else 0)


def shutdown(name):
    one = connections[name]
    one.is_shut = True
    if one.is_open and (one.is_connected or one.is_over):
        try:
            one.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
    elif one.is_open:
        # Before the connection stands there is nothing to shut down for Linux, but to close there is.
        one.close()


def close(name):
    if connections[name].is_open:
        connections[name].close()


def abort(name):
    if connections[name].is_open:
        set_options(connections[name].sock, {"linger": 0})
        connections[name].close()


def set(name, options):
    if connections[name].is_open:
        set_options(connections[name].sock, options)


def told(name):
    """What it has been told since the last question: words, bytes read, bytes that wait."""
    one = connections.get(name)
    if one is None:
        return None
    words, received = one.told, one.received
    one.told, one.received = [], b""
    return [words, received.hex(), one.available(), one.is_open]


def state(host, local_port, peer, port):
    """As the kernel has it: of the connection, of the listener where there is none, or CLOSED."""
    address = socket.inet_aton(host) + bytes(12) + socket.inet_aton(peer) + bytes(12)
    place = struct.pack(">HH", local_port, port) + address + struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)
    request = struct.pack("=BBxxI", socket.AF_INET, socket.IPPROTO_TCP, 0xFFFFFFFF) + place
    diagnosis.send(struct.pack("=IHHII", 16 + len(request), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 0, 0) + request)
    answer = diagnosis.recv(4096)
    kind = struct.unpack_from("=H", answer, 4)[0]
    return STATES[answer[17]] if kind == SOCK_DIAG_BY_FAMILY else "CLOSED"


def forget(host):
    """Ends all that this host still has."""
    if host in listeners:
        stop_listening(host)
    for name in [name for name in connections if name.split()[0] == host]:
        abort(name)
        del connections[name]


CALLS = {
    call.__name__: call
    for call in (
        settle, listen, stop_listening, connect, has, write, read, reading, shutdown, close, abort, set, told, state, forget
    )
}


def main():
    commands = sys.stdin.buffer.raw
    everything = select.epoll()
    everything.register(commands, select.EPOLLIN)
    everything.register(poll, select.EPOLLIN)
    rest = b""
    while True:
        ready = dict(everything.poll())
        settle()
        if commands.fileno() not in ready:
            continue
        piece = commands.read(1 << 16)
        if not piece:
            return
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            number, name, *arguments = json.loads(line)
            settle()
            try:
                result = CALLS[name](*arguments)
            except (OSError, KeyError) as error:
                result = {"error": f"{type(error).__name__} {error}"}
            settle()
            print(json.dumps([number, result]), flush=True)


main()
