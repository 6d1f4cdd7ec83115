"""UserSigs of an issuer, and Tencent's attributes over TLS with them: tencent_attributes.py URL CA PROOFHOUSE ISSUER…"""

import base64
import hashlib
import hmac
import json
import os
import random
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import zlib

from expect import conclude, expect

URL, CA, BINARY, *ISSUER = sys.argv[1:]
TO_STANDARD, FROM_STANDARD = str.maketrans("*-_", "+/="), str.maketrans("+/=", "*-_")
APP, KEY = os.environ["PROOFHOUSE_SDK_APP_ID"], os.environ["PROOFHOUSE_SECRET_KEY"]
ADMIN = os.environ["PROOFHOUSE_ADMIN"].split(",")[0]
USER = "tencent-1"
TRUSTED = ssl.create_default_context(cafile=CA)


def printed(*command):
    """The only line that a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout.strip()


def decoded(usersig):
    return json.loads(zlib.decompress(base64.b64decode(usersig.translate(TO_STANDARD))))


def encoded(members):
    return base64.b64encode(zlib.compress(json.dumps(members).encode())).decode().translate(FROM_STANDARD)


def signed(members, key=KEY):
    """The signature that fits the members, by the documented layout."""
    names = ["identifier", "sdkappid", "time", "expire"] + (["userbuf"] if "TLS.userbuf" in members else [])
    content = "".join(f"TLS.{name}:{members['TLS.' + name]}\n" for name in names)
    return base64.b64encode(hmac.new(key.encode(), content.encode(), hashlib.sha256).digest()).decode()


def call(usersig, command, body, trust=TRUSTED):
    """The reply to a command of the family; the reference answers HTTP 200 whatever happens."""
    query = {"sdkappid": APP, "identifier": ADMIN, "usersig": usersig, "random": random.randrange(1 << 32)}
    url = f"{URL}/v4/all_member_push/{command}?{urllib.parse.urlencode(query)}&contenttype=json"
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10, context=trust) as reply:
        return json.load(reply)


def outcome(reply):
    return reply["ActionStatus"], reply["ErrorCode"]


def set_sex(usersig, value):
    return outcome(call(usersig, "im_set_attr", {"UserAttrs": [{"To_Account": USER, "Attrs": {"sex": value}}]}))


def attributes(usersig):
    return call(usersig, "im_get_attr", {"To_Account": [USER]})["UserAttrs"]


OK = ("OK", 0)
good = printed(*ISSUER)
members = decoded(good)

expect("the layout signs what the issuer signs", members["TLS.sig"], signed(members))
expect("im_set_attr", set_sex(good, "f"), OK)
expect("im_get_attr shows it", attributes(good), [{"To_Account": USER, "Attrs": {"sex": "f"}}])

# The other way: what proofhouse signs is what the issuer would sign.
ours = printed(BINARY, "sign", "--api", "tencent", "--format", "signature")
own = decoded(ours)
expect("proofhouse signs as the layout says", own["TLS.sig"], signed(own))
expect("proofhouse signs for the admin", (own["TLS.identifier"], str(own["TLS.sdkappid"])), (ADMIN, APP))
by_issuer = printed(*ISSUER, "sig", own["TLS.identifier"], str(own["TLS.time"]), str(own["TLS.expire"]))
expect("proofhouse signs as the issuer does", own["TLS.sig"], by_issuer)
expect("im_set_attr with proofhouse's", set_sex(ours, "m"), OK)


def resigned(key=KEY, **changes):
    changed = {**members, **{f"TLS.{name}": value for name, value in changes.items()}}
    return encoded({**changed, "TLS.sig": signed(changed, key)})


sig = members["TLS.sig"]
other_sig = ("B" if sig[0] == "A" else "A") + sig[1:]
middle = len(good) // 2
TAMPERED = {
    "the signature changed": (encoded({**members, "TLS.sig": other_sig}), 70009),
    "the lifetime changed": (encoded({**members, "TLS.expire": 999_999_999}), 70009),
    "the issue time changed": (encoded({**members, "TLS.time": members["TLS.time"] + 1}), 70009),
    "another key": (resigned(key=KEY + "x"), 70009),
    "another identifier, well signed": (resigned(identifier="visitor"), 70013),
    "another application, well signed": (resigned(sdkappid=int(APP) + 1), 70014),
    "long expired, well signed": (resigned(time=1_600_000_000), 70001),
    "cut in half": (good[:middle], 70003),
    "no text of that form": ("x" + good[1:], 70003),
    "nothing": ("", 70002),
}
if "TLS.userbuf" in members:
    TAMPERED["the userbuf changed"] = (encoded({**members, "TLS.userbuf": "YWJj"}), 70009)
for what, (usersig, code) in TAMPERED.items():
    expect(f"im_set_attr is refused: {what}", set_sex(usersig, "intruder"), ("FAIL", code))
expect("what was refused changed nothing", attributes(good), [{"To_Account": USER, "Attrs": {"sex": "m"}}])

removal = {"UserAttrs": [{"To_Account": USER, "Attrs": ["sex"]}]}
expect("im_remove_attr", outcome(call(good, "im_remove_attr", removal)), OK)
expect("nothing is left", attributes(good), [{"To_Account": USER, "Attrs": {}}])
try:
    found = call(good, "im_get_attr_name", {}, ssl.create_default_context())
except urllib.error.URLError as error:
    found = type(error.reason).__name__
expect("without the generated authority there is no trust", found, "SSLCertVerificationError")
conclude()
