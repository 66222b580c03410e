# SPDX-License-Identifier: Apache-2.0
"""server.py FOLDER: HTTPS on the loopback interface, until its input ends. It writes a
line "NAME PORT" for each of its servers and answers with what it saw, as JSON. The
folder has the keys and certificates of run.sh."""
import http.server
import json
import ssl
import sys
import threading
import time

seen = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def what_it_saw(self):
        peer = self.connection.getpeercert() or {}
        names = [v for part in peer.get("subject", ()) for _, v in part]
        seen[self.path] = seen.get(self.path, 0) + 1
        return {"host": self.headers["Host"].split(":")[0],
                "sni": getattr(self.connection, "sni", None),
                "client": names[0] if names else None,
                "secret": self.headers.get("Authorization"),
                "times": seen[self.path]}

    def do_GET(self):
        if self.path.startswith("/to/"):
            self.reply(302, b"", Location=self.path[4:])
        elif self.path == "/slow":
            time.sleep(2)
            self.reply(200, b"late")
        elif self.path.startswith("/big/"):
            self.reply(200, b"x" * int(self.path[5:]))
        elif self.path == "/cached":
            self.reply(200, json.dumps(self.what_it_saw()).encode(),
                       Content_Type="application/json",
                       Cache_Control="max-age=600")
        else:
            self.reply(200, json.dumps(self.what_it_saw()).encode(),
                       Content_Type="application/json")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Clients that refuse a certificate hang up."""


def start(name, certificate, wants_client=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{sys.argv[1]}/{certificate}.pem",
                            f"{sys.argv[1]}/{certificate}.key")
    context.sni_callback = lambda s, sni, _: setattr(s, "sni", sni)
    if wants_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(f"{sys.argv[1]}/ca.pem")
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(name, server.server_address[1], flush=True)


start("plain", "server")
start("mutual", "server", wants_client=True)
start("named", "named")
start("expired", "expired")
sys.stdin.read()
