"""The page's server: viser, for browsers on this machine alone."""

from __future__ import annotations

import contextlib
import io
import re
from functools import partial
from typing import Any

from video2reward.errors import UserError

PORT = 8080
_OWN_PAGES = re.compile(r"http://(127\.0\.0\.1|localhost):\d+")  # localhost for forwarded ports


def loopback_server(port: int = PORT) -> Any:
    """Return a running viser.ViserServer on a port of the loopback interface, the next free one if it is taken.

    Only viser's own page may connect: another site's page in the same browser has another Origin. Its tunnel to the internet,
    which every connected page could ask for, is closed.
    """
    if not 0 < port < 65536:
        raise UserError(f"--port {port} is not a port; name one from 1 to 65535")
    try:
        import viser
        import websockets.asyncio.server as sockets
    except ImportError as error:
        raise UserError(
            f"viser is not installed ({error}); make play installs it, as does pip install 'video2reward[play]'"
        ) from None

    class Loopback(viser.ViserServer):
        """Without a way out."""

        def request_share_url(self, verbose: bool = True) -> str | None:
            """Share nothing."""
            return None

    serve = sockets.serve
    sockets.serve = partial(serve, origins=[_OWN_PAGES])  # type: ignore[assignment, misc]  # viser passes none
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # two addresses, of which a person needs neither
            server = Loopback(host="127.0.0.1", port=port, verbose=False)
    finally:
        sockets.serve = serve  # type: ignore[misc]
    server.gui.configure_theme(control_width="large", show_logo=False, show_share_button=False)
    return server
