"""Every vector through the package."""

import unittest

import door
from interface import vectors


class Vectors(unittest.TestCase):
    def test_every_vector_as_bytes_and_by_its_function(self):
        report = door.run()
        self.assertEqual(report["failures"], [])
        self.assertEqual(report["counts"]["bytes"], len(vectors()))
        # What is left out: requests that are no object, that miss a field, and what the package fills in.
        self.assertGreater(report["counts"]["functions"], report["counts"]["bytes"] - 120)


if __name__ == "__main__":
    unittest.main()
