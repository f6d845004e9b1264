#!/usr/bin/env python3
"""milieu serve against those who should not be there, and those who mean no harm and are clumsy."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time

from support import MILIEU, SCENARIOS, Skip, Tests, WORK, milieu, run_json, scenario

TINY = scenario()


def has_page():
    return "{{" not in milieu("explorer", TINY, "-o", WORK / "try.html").err and (WORK / "try.html").exists()


class Server:
    def __init__(self, *arguments):
        self.process = subprocess.Popen([MILIEU, "serve", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = self.process.stdout.readline().decode() + self.process.stdout.readline().decode()
        found = re.search(r"127\.0\.0\.1:(\d+)/#token=([0-9a-f]{32})", said)
        assert found, said
        self.port, self.token = int(found[1]), found[2]

    def ask(self, method="GET", path="/", body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())
        finally:
            connection.close()

    def begin(self):
        status, body, _ = self.ask("POST", "/begin", X_Milieu_Token=self.token)
        assert status == 200, status
        self.key = json.loads(body)["key"]
        return json.loads(body)["data"]

    def question(self, **question):
        status, body, _ = self.ask("POST", "/ask", json.dumps(question), X_Milieu_Token=self.key)
        assert status == 200, status
        return json.loads(body)

    def raw(self, bytes_, wait=2.0):
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as s:
            try:
                s.sendall(bytes_)
                return s.recv(4096)
            except (TimeoutError, ConnectionError):
                return b""

    def alive(self):
        status, body, _ = self.ask()
        assert status == 200 and b"page-data" in body, status

    def end(self, with_=signal.SIGINT):
        self.process.send_signal(with_)
        out, err = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, (self.process.returncode, err.decode()[-2000:])
        assert b"AddressSanitizer" not in err and b"LeakSanitizer" not in err, err.decode()[-2000:]
        return out.decode()


def served(test):
    def run():
        server = Server(TINY)
        try:
            server.begin()
            test(server)
            server.alive()
        finally:
            server.end()
    run.__doc__ = test.__doc__
    run.__name__ = test.__name__
    return run


@served
def test_answers(server):
    """answers as milieu run --json does"""
    answer = server.question(ask="run", name="tiny.cfg", text=TINY.read_text(), draws=[0, 2], replications=2, series=[])
    assert answer["runs"] == 4 and answer["arms"] == ["as-it-is", "with-champion"], answer
    import base64
    import struct
    raw = base64.b64decode(answer["outcomes"])
    values = struct.unpack(f"<{len(raw) // 8}d", raw)
    tables = json.loads(milieu("describe", "outcomes", "--json", status=0).out)
    column = [row["id"] for row in tables].index("reach")
    width = 2 * len(tables)
    mean = sum(values[run * width + column] for run in range(4)) / 4
    theirs = run_json(TINY)["arms"][0]["clinics"][0]["outcomes"]["reach"]["mean"]
    assert abs(mean - theirs) <= 1e-9 * abs(theirs), (mean, theirs)


@served
def test_headers(server):
    """the page carries security headers, and nothing of anybody's"""
    status, body, headers = server.ask()
    assert status == 200 and b"clinic-a" not in body
    for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy", "Cross-Origin-Resource-Policy"):
        assert name in headers, headers
    assert "Access-Control-Allow-Origin" not in headers


@served
def test_wrong_token(server):
    """a wrong token, a token used twice, no token: refused"""
    assert server.ask("POST", "/begin", X_Milieu_Token=server.key)[0] == 200, "a tab that was reloaded"
    for token in ("", "0" * 32, server.token, server.key[:-1], server.key + "0"):
        assert server.ask("POST", "/begin", X_Milieu_Token=token)[0] == 403
        if token != server.key:
            assert server.ask("POST", "/ask", "{}", X_Milieu_Token=token)[0] == 403
    assert server.ask("POST", "/ask", "{}")[0] == 403


@served
def test_wrong_host(server):
    """a wrong Host, another origin: refused"""
    for host in ("evil.example", "127.0.0.1", f"evil.example:{server.port}", f"127.0.0.1.evil.example:{server.port}"):
        assert server.ask(Host=host)[0] == 403, host
    for origin in ("http://evil.example", "null", f"https://127.0.0.1:{server.port}", f"http://localhost:{server.port}"):
        assert server.ask("POST", "/ask", "{}", X_Milieu_Token=server.key, Origin=origin)[0] == 403, origin
    own = f"http://127.0.0.1:{server.port}"
    assert server.ask("POST", "/ask", '{"ask":"tables"}', X_Milieu_Token=server.key, Origin=own)[0] == 200


@served
def test_paths(server):
    """paths that climb, unknown paths and methods: refused"""
    for path in ("/../../etc/passwd", "/%2e%2e/etc/passwd", "//etc/passwd", "/page.html", "/ask/..", "/ask?x=../.."):
        assert server.ask("GET", path)[0] in (400, 403, 404, 405), path
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "HEAD", "PATCH"):
        assert server.ask(method, "/")[0] in (400, 405, 501), method
    assert server.ask("GET", "/ask")[0] == 405


@served
def test_results(server):
    """a results file sent to it comes back as its report; what is none, torn, or comes without the key is refused"""
    milieu("run", TINY, "-o", WORK / "sent.h5", status=0)
    whole = (WORK / "sent.h5").read_bytes()
    left = set(os.listdir(os.environ.get("TMPDIR", "/tmp")))
    status, body, _ = server.ask("POST", "/results", whole, X_Milieu_Token=server.key)
    assert status == 200 and json.loads(body)["results"]["runs"] == 4
    for bytes_ in (b"", b"no HDF5", whole[:3000], whole[:len(whole) // 2], whole[:2000] + b"x" * 400 + whole[2400:]):
        status, body, _ = server.ask("POST", "/results", bytes_, X_Milieu_Token=server.key)
        answer = json.loads(body)
        assert status == 200 and ("error" in answer or answer["results"]["runs"] == 4), body[:200]
        assert "error" not in answer or all(answer["error"]), answer
    assert "error" in json.loads(server.ask("POST", "/results", whole[:3000], X_Milieu_Token=server.key)[1])
    assert server.ask("POST", "/results", b"x")[0] == 403 and server.ask("GET", "/results")[0] == 405
    assert set(os.listdir(os.environ.get("TMPDIR", "/tmp"))) == left, "something is left behind"


@served
def test_big_body(server):
    """a body of 1 GB: refused before it arrives, announced or not"""
    head = f"POST /ask HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-Milieu-Token: {server.key}\r\n"
    assert b" 413 " in server.raw((head + f"Content-Length: {1 << 30}\r\n\r\n").encode())
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as s:
        s.sendall((head + "Transfer-Encoding: chunked\r\n\r\n").encode())
        piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        try:
            for _ in range(1024):
                s.sendall(piece)
                sent += 1
        except OSError:
            pass
    assert sent < 64, f"{sent} MB were taken"


@served
def test_slow_body(server):
    """a body that never comes, or byte by byte: ended"""
    head = f"POST /ask HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-Milieu-Token: {server.key}\r\nContent-Length: 1000\r\n\r\n".encode()
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as s:
        s.sendall(head)
        try:
            while time.monotonic() - begun < 50:
                s.sendall(b" ")
                s.settimeout(1)
                try:
                    if s.recv(100) == b"":
                        break
                except TimeoutError:
                    pass
        except OSError:
            pass
    assert time.monotonic() - begun < 35, "still open"


@served
def test_many(server):
    """200 connections at once, silent: others are answered"""
    open_ = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(200)]
    server.alive()
    assert server.question(ask="read", text="x", name="x")["error"]
    for s in open_:
        s.close()


@served
def test_malformed(server):
    """malformed requests and questions: refused, or told what is wrong"""
    for bytes_ in (b"\x00" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"A" * 100000,
                   b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"):
        assert b" 200 " not in server.raw(bytes_), bytes_[:40]
    for body in ("", "{", "[]", "null", '"x"', "{}", '{"ask":1}', '{"ask":"run"}', '{"ask":"run","text":"x","draws":[0,1e9],"replications":1}',
                 '{"ask":"read","text":1}', '{"ask":"read","text":"' + "(" * 5000 + '"}', '{"ask":"run","set":[1],"text":""}', "[" * 100000,
                 '{"ask":"read","text":"@include \\"/etc/passwd\\""}'):
        status, answer, _ = server.ask("POST", "/ask", body, X_Milieu_Token=server.key)
        assert status == 200 and "error" in json.loads(answer), (body[:60], status, answer[:200])
        assert b"root:" not in answer
    text = TINY.read_text()
    for draws in ([0, 65535], [5, 5], [-1, 3], [0.5, 2]):
        assert "error" in server.question(ask="run", text=text, name="t", draws=draws, replications=1), draws


def test_loopback_only():
    """listens on loopback alone"""
    server = Server(TINY)
    try:
        addresses = {line.split()[1].split(":")[0] for name in ("tcp", "tcp6") for line in open(f"/proc/net/{name}").readlines()[1:]
                     if int(line.split()[1].split(":")[1], 16) == server.port and line.split()[3] == "0A"}
        assert addresses <= {"0100007F", "00000000000000000000000001000000"} and "0100007F" in addresses, addresses
    finally:
        server.end()


def test_ends():
    """Ctrl-C in the middle of a run ends it cleanly; a port that is taken is told of"""
    server = Server(SCENARIOS / "region.cfg")
    server.begin()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    text = (SCENARIOS / "region.cfg").read_text()
    connection.request("POST", "/ask", json.dumps(dict(ask="run", name="r", text=text, draws=[0, 400], replications=1, series=[])), {"X-Milieu-Token": server.key})
    time.sleep(0.5)
    other = milieu("serve", TINY, "--port", server.port)
    assert other.status == 73 and str(server.port) in other.err, other.err
    begun = time.monotonic()
    server.end()
    assert time.monotonic() - begun < 15
    connection.close()


def test_results_file():
    """serves a results file as a report"""
    milieu("run", TINY, "-o", WORK / "tiny.h5", status=0)
    server = Server(WORK / "tiny.h5")
    try:
        data = server.begin()
        assert data["kind"] == "report" and data["results"]["runs"] == 4
    finally:
        server.end(signal.SIGTERM)


def test_idle():
    """stops by itself when nobody who may ask has asked for a minute; whoever has no key does not keep it up"""
    assert idle.ask()[0] == 200 and idle.ask("POST", "/ask", "{}")[0] == 403
    assert idle.process.wait(timeout=90) == 0
    assert 55 < time.monotonic() - idle_since < 80, time.monotonic() - idle_since


tests = Tests()
if has_page():
    idle_since, idle = time.monotonic(), Server(TINY, "--idle", 1)
    tests.run_all(dict(globals()))
else:
    def missing():
        """milieu serve"""
        raise Skip("this build has no page")
    tests.run(missing)
    for command in (("report", "x.h5"), ("explorer", TINY)):
        def says(c=command):
            """a program without the page says what is missing"""
            result = milieu(*c, "-o", WORK / "x.html", status=2)
            assert "npm" in result.err or "emscripten" in result.err, result.err
        tests.run(says)
tests.end()
