"""A PKI engine for device management.

A function for each operation, by its name on the wire: `help(sealwright.operations)` lists them. What they take and give is in
`sealwright.types`: `help(sealwright.types.Profile)` says what a value holds, `help(sealwright.ErrorCode)` what goes wrong.
`KeyRing` lends private keys; `sealwright.pyca` takes those of pyca/cryptography.

`now` and `seed` come from the clock and from `os.urandom` where they are left out. With both given, the same call gives the
same bytes everywhere.
"""

from sealwright import _engine
from sealwright import types as types
from sealwright._call import call as call
from sealwright._error import SealwrightError as SealwrightError
from sealwright._errors import ErrorCode as ErrorCode
from sealwright._json import from_json as from_json
from sealwright._json import to_json as to_json
from sealwright._keys import DecryptQuestion as DecryptQuestion
from sealwright._keys import KeyRing as KeyRing
from sealwright._keys import Question as Question
from sealwright._keys import Signer as Signer
from sealwright._keys import SignQuestion as SignQuestion
from sealwright.operations import *
from sealwright.types import KeyReference as KeyReference

__version__ = _engine.VERSION
