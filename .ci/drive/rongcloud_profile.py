"""The vendor's Python SDK, whose generic call signs with the names `RC-…`: rongcloud_profile.py URL"""

import json
import os
import sys

from expect import conclude, expect
from rongcloud.base import RongCloudBase

RongCloudBase.api_host = sys.argv[1]
USER = "rongcloud-1"
BASIC = {"name": "Zoë 成都", "level": 2}
EXTENDED = {"ext_Team": "blue"}


class Tampering(RongCloudBase):
    """Signs as the SDK does, then changes the signature's last digit."""

    def _make_common_signature(self):
        headers = super()._make_common_signature()
        signature = headers["rc-signature"]
        return {**headers, "rc-signature": signature[:-1] + ("1" if signature[-1] == "0" else "0")}


def call(sdk, path, **parameters):
    """HTTP status and body of a form that is posted."""
    reply = sdk.call_api(path, parameters, timeout=10)
    return reply.status_code, reply.json()


def set_profile(sdk, basic, extended=None):
    texts = {"userProfile": json.dumps(basic)}
    if extended is not None:
        texts["userExtProfile"] = json.dumps(extended)
    return call(sdk, "/user/profile/set.json", userId=USER, **texts)


def profiles(reply):
    """Code and profiles that a reply shows of the user; each profile is JSON as text there."""
    _, body = reply
    for user in body["userList"]:
        if user["userId"] == USER:
            return body["code"], [json.loads(user["userProfile"]), json.loads(user["userExtProfile"])]
    return body["code"], None


def stored(sdk):
    return profiles(call(sdk, "/user/profile/batch/query.json", userId=USER))


key, secret = os.environ["PROOFHOUSE_APP_KEY"], os.environ["PROOFHOUSE_APP_SECRET"]
sdk = RongCloudBase(key, secret)

status, body = set_profile(sdk, BASIC, EXTENDED)
expect("set, both profiles", (status, body["code"]), (200, 200))
expect("batch query shows what was set", stored(sdk), (200, [BASIC, EXTENDED]))
paged = profiles(call(sdk, "/user/profile/query.json", page=1, size=100))
expect("query shows it too", paged, (200, [BASIC, EXTENDED]))
status, body = set_profile(sdk, {"name": "n" * 65})
expect("a name of 65 is refused, and named", (body["code"] != 200, body.get("profileKey")), (True, "name"))
strangers = [("another secret", RongCloudBase(key, secret + "x")), ("a tampered signature", Tampering(key, secret))]
for what, other in strangers:
    status, body = set_profile(other, {"name": "intruder"})
    expect(f"set with {what} is refused", (status, body["code"]), (401, 1004))
    status, body = call(other, "/user/profile/clean.json", userId=USER)
    expect(f"clean with {what} is refused", (status, body["code"]), (401, 1004))
expect("what was refused changed nothing", stored(sdk), (200, [BASIC, EXTENDED]))

status, body = call(sdk, "/user/profile/clean.json", userId=USER)
expect("clean", (status, body["code"]), (200, 200))
_, left = stored(sdk)
expect("nothing is left of what was cleaned", any(left or []), False)
conclude()
