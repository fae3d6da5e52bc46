"""One request for every line METHOD, tab, ADDRESS, tab, rest on stdin, each by a pool of its own.

Its argument is the file of the authority that the server's certificates are signed by.
"""

import os
import sys
import time
from threading import Thread

import urllib3

LIMIT = 3


def wish(line):
    method, address, rest = line.split("\t")
    pool = urllib3.PoolManager(ca_certs=sys.argv[1], timeout=urllib3.Timeout(total=LIMIT))
    try:
        if rest != "-":
            pool.request("GET", f"{address}/warm-up")
            time.sleep(int(rest) / 1000)
        if method == "POST":
            pool.request("POST", f"{address}/wish", json={"to": "made up"})
        else:
            pool.request("GET", f"{address}/wish")
    # How it is answered is not asked here: the server counts.
    except Exception:
        pass


threads = [Thread(target=wish, args=(line,), daemon=True) for line in sys.stdin.read().splitlines()]
for thread in threads:
    thread.start()
# Four tries of three seconds each; what drips for ever is never given up, and never sent again.
deadline = time.monotonic() + 8 * LIMIT
for thread in threads:
    thread.join(max(0, deadline - time.monotonic()))
os._exit(0)
