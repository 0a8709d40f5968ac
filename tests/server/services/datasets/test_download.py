"""Downloads: https to public addresses only, as much as was announced, with an end."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from patchbay_server.services.datasets.download import MAX_REDIRECTS, DownloadError, download, public_session

CONTENT = bytes(range(256)) * 1000


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, hops = self.path.partition("?")
        if path == "/file":
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT)
        elif path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT[:100])
        elif path == "/again":
            self.send_response(302)
            self.send_header("Location", f"/again?{int(hops or 0) + 1}")
            self.end_headers()
        elif path == "/plain":
            self.send_response(302)
            self.send_header("Location", "http://example.org/file")
            self.end_headers()
        else:
            self.send_error(404)

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Of a server on the loopback address."""
    from datetime import UTC, datetime, timedelta

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture(scope="module")
def server(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def session(certificate):
    """As `public_session`, but for the loopback address and the test's certificate."""
    session = public_session()
    session.mount("https://", requests.adapters.HTTPAdapter())
    session.verify = str(certificate)
    return session


def test_a_file_comes_in_parts(server, session):
    parts = list(download(f"{server}/file", 10_000, session))
    assert b"".join(parts) == CONTENT
    assert max(map(len, parts)) <= 10_000


@pytest.mark.parametrize("path", ["/none", "/short", "/again", "/plain"])
def test_what_is_no_whole_file_is_an_error(server, session, path):
    with pytest.raises(DownloadError, match="cannot be loaded"):
        list(download(server + path, 10_000, session))
    assert session.max_redirects == MAX_REDIRECTS


@pytest.mark.parametrize("url", ["http://example.org/file", "file:///etc/passwd", "ftp://example.org/file"])
def test_only_https(url):
    with pytest.raises(DownloadError, match="No connection adapters"):
        list(download(url, 1))


def test_never_to_a_private_address(server):
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1, which is not a public address"):
        list(download(f"{server}/file", 1))
