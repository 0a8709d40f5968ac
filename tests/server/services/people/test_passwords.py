"""How passwords are kept."""

import subprocess
import sys

from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY


def test_the_platform_hashes_them_as_rfc_9106_says():
    code = "from patchbay_server.services.people.passwords import *; kept = hash_password('wafers have many dies')"
    code += "; assert matches(kept, 'wafers have many dies') and not matches(kept, 'wafers have few dies'); print(kept)"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert extract_parameters(done.stdout.strip()) == RFC_9106_LOW_MEMORY
