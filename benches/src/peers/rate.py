"""How often a second something is done, once it was done before."""

import time


def rate(work, seconds):
    work()
    start, count = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - start) < seconds:
        work()
        count += 1
    return count / elapsed
