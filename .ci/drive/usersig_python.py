"""Issues UserSigs by the vendor's package: usersig_python.py [userbuf] [sig IDENTIFIER TIME EXPIRE]"""

import os
import sys

from TLSSigAPIv2 import TLSSigAPIv2

vendor = TLSSigAPIv2(int(os.environ["PROOFHOUSE_SDK_APP_ID"]), os.environ["PROOFHOUSE_SECRET_KEY"])
words = sys.argv[1:]
userbuf = words[:1] == ["userbuf"]
words = words[1:] if userbuf else words
if words[:1] == ["sig"]:
    # The package has no verifier; what it would sign is what its own private method says.
    identifier, time, expire = words[1:]
    print(vendor._TLSSigAPIv2__hmacsha256(identifier, int(time), int(expire)).decode())
elif userbuf:
    print(vendor.gen_sig_with_userbuf(os.environ["PROOFHOUSE_ADMIN"], 600, b"\x00room\xff"))
else:
    print(vendor.gen_sig(os.environ["PROOFHOUSE_ADMIN"], 600))
