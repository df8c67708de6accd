"""Threads, interruptions and processes."""

import os
import signal
import subprocess
import sys
import threading
import time
import unittest

import sealwright
from sealwright import KeyReference, KeyRing
from setting import P256


class Threads(unittest.TestCase):
    def test_others_run_during_a_long_call(self):
        ticks = 0
        stop = threading.Event()

        def tick():
            nonlocal ticks
            while not stop.is_set():
                ticks += 1
                time.sleep(0)

        thread = threading.Thread(target=tick)
        thread.start()
        key = sealwright.generate_key(algorithm=P256).private_key
        before, start = ticks, time.monotonic()
        sealwright.encrypt_private_key(private_key=key, password="x", iterations=1_000_000)
        during, elapsed = ticks - before, time.monotonic() - start
        stop.set()
        thread.join()
        # With the interpreter held there would be one or two.
        self.assertGreater(during, 100, f"in {elapsed} s")

    def test_a_ring_is_used_and_changed_by_many_threads(self):
        keys = KeyRing()
        pem = sealwright.generate_key(algorithm=P256).private_key
        keys.import_key("k", pem)
        failures = []

        def work(number):
            try:
                for _ in range(20):
                    keys.import_key(f"k{number}", pem)
                    sealwright.create_csr(subject="CN=x", key=KeyReference(id="k"), keys=keys)
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_a_program_may_end_in_the_middle_of_a_call(self):
        script = (
            "import sealwright, threading, time\n"
            "key = sealwright.generate_key(algorithm='p256').private_key\n"
            "work = lambda: sealwright.encrypt_private_key(private_key=key, password='x', iterations=1_000_000)\n"
            "threading.Thread(target=work, daemon=True).start()\n"
            "time.sleep(0.1)\n"
        )
        self.assertEqual(subprocess.run([sys.executable, "-c", script]).returncode, 0)

    def test_interruptions(self):
        key = sealwright.generate_key(algorithm=P256)

        def interrupted(question):
            raise KeyboardInterrupt

        reference = KeyReference(id="k", public_key=key.public_key)
        with self.assertRaises(KeyboardInterrupt):
            sealwright.create_csr(subject="CN=x", key=reference, keys=interrupted)
        # The engine finishes what it is at, and then Python looks at its signals.
        raised = []

        def interrupt():
            raised.append(time.monotonic())
            signal.raise_signal(signal.SIGINT)

        # Where a shell started this in the background, the signal is ignored.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        timer, has_gone_on = threading.Timer(0.03, interrupt), False
        with self.assertRaises(KeyboardInterrupt):
            timer.start()
            sealwright.encrypt_private_key(private_key=key.private_key, password="x", iterations=1_000_000)
            has_gone_on = True
            time.sleep(10)
        ended = time.monotonic()
        timer.join()
        self.assertFalse(has_gone_on)
        self.assertGreater(ended - raised[0], 0.01)
        self.assertTrue(sealwright.generate_key(algorithm=P256).private_key)

    def test_a_signer_may_call_the_engine_even_with_the_same_ring(self):
        with KeyRing() as keys:
            keys.import_key("held", sealwright.generate_key(algorithm=P256).private_key)
            asked = []

            def signer(question):
                keys.import_key("another", sealwright.generate_key(algorithm=P256).private_key)
                asked.append(sealwright.create_csr(subject="CN=inner", key=KeyReference(id="held"), keys=keys))
                return b"none"

            keys.elsewhere = signer
            public = sealwright.generate_key(algorithm=P256).public_key
            with self.assertRaises(sealwright.SealwrightError) as raised:
                sealwright.create_csr(subject="CN=x", key=KeyReference(id="away", public_key=public), keys=keys)
        self.assertEqual(raised.exception.code, "key_answer_invalid")
        self.assertEqual(len(asked), 1)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork on this system")
    def test_a_fork_has_the_keys(self):
        with KeyRing() as keys:
            keys.import_key("k", sealwright.generate_key(algorithm=P256).private_key)
            child = os.fork()
            if child == 0:
                try:
                    sealwright.create_csr(subject="CN=x", key=KeyReference(id="k"), keys=keys)
                    keys.close()
                    os._exit(0)
                finally:
                    os._exit(1)
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
            self.assertTrue(sealwright.create_csr(subject="CN=x", key=KeyReference(id="k"), keys=keys).csr)


if __name__ == "__main__":
    unittest.main()
