"""`python -m dienhong.payments.sandbox_bank`: the play bank, on loopback.

From the environment: DIENHONG_HOME (its books lie there), PORT (the site's), DIENHONG_SANDBOX_BANK (its own port,
PORT + 1), DIENHONG_SANDBOX_SITE (where notices go, http://127.0.0.1:PORT).
"""

import os
import signal
import sys
import threading
from pathlib import Path

from dienhong.payments.sandbox_bank.app import server
from dienhong.payments.sandbox_bank.bank import Bank, clock_of, keep_telling, open_books, over_http
from dienhong.payments.shared_secret import shared_secret


def main() -> int:
    home = Path(os.environ.get("DIENHONG_HOME", "").strip() or ".dienhong").resolve()
    port = int(os.environ.get("PORT", "").strip() or 8000)
    own = int(os.environ.get("DIENHONG_SANDBOX_BANK", "").strip() or port + 1)
    site = os.environ.get("DIENHONG_SANDBOX_SITE", "").strip() or f"http://127.0.0.1:{port}"
    bank = Bank(open_books(home), shared_secret(home), over_http(site), now=clock_of(site))
    try:
        web = server(bank, own)
    except OSError as error:
        print(f"The play bank cannot listen on port {own}: {error.strerror}. Set DIENHONG_SANDBOX_BANK.")
        return 1
    stop = threading.Event()
    threading.Thread(target=keep_telling, args=(bank, stop), daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=web.shutdown).start())
    print(f"play bank on http://127.0.0.1:{web.server_address[1]}", flush=True)
    web.serve_forever()
    stop.set()
    return 0


if __name__ == "__main__":
    sys.exit(main())
