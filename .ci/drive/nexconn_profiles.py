"""The vendor's Python SDK through the whole family of Nexconn's user profiles: nexconn_profiles.py URL"""

import os
import sys

import ncsdk
from expect import conclude, expect

USERS = ["nexconn-1", "nexconn-2"]
BASIC = {"name": "Zoë 成都", "gender": 1}
EXTENDED = {"ext_Team": "blue"}


def api(secret, client=ncsdk.ApiClient):
    """The SDK's profile calls, signed with `secret`; both of its domains are this one server."""
    configuration = ncsdk.Configuration()
    configuration.set_nexconn_credentials(os.environ["PROOFHOUSE_APP_KEY"], secret)
    configuration.set_primary_backup_domains(sys.argv[1], sys.argv[1])
    return ncsdk.UserProfileHostingApi(client(configuration))


class Tampering(ncsdk.ApiClient):
    """Signs as the SDK does, then changes the signature's last digit on its way out."""

    def call_api(self, method, url, header_params=None, *rest, **named):
        signature = header_params["Signature"]
        header_params["Signature"] = signature[:-1] + ("1" if signature[-1] == "0" else "0")
        return super().call_api(method, url, header_params, *rest, **named)


def set_request(user, basic=None, extended=None):
    return ncsdk.UserProfileSetRequest(userId=user, userProfile=basic, userExtProfile=extended)


def batch(users):
    return ncsdk.UserIdsMax20Request(userIds=users)


def profiles(users):
    """What the SDK shows of users, in the terms of a set."""
    return {user.user_id: (user.user_profile, user.user_ext_profile) for user in users}


def refused(what, call):
    """The call must be refused for its signature, which the SDK tells as an exception of its own."""
    try:
        found = call()
    except ncsdk.exceptions.UnauthorizedException as error:
        expect(f"{what} is refused to the SDK", (error.status, error.error_code), (401, 1004))
    else:
        expect(f"{what} is refused to the SDK", found, "UnauthorizedException")


secret = os.environ["PROOFHOUSE_APP_SECRET"]
sdk = api(secret)
first, second = USERS

expect("set, both profiles", sdk.set_user_profile(set_request(first, BASIC, EXTENDED)).code, 0)
expect("set, one profile", sdk.set_user_profile(set_request(second, extended=EXTENDED)).code, 0)
reply = sdk.batch_get_user_profiles(batch(USERS))
stored = {first: (BASIC, EXTENDED), second: ({}, EXTENDED)}
expect("batch get answers 0", reply.code, 0)
expect("batch get shows what was set", profiles(reply.result.users), stored)
for order in (0, 1):
    reply = sdk.list_user_profiles(ncsdk.UserProfileListRequest(page=1, pageSize=100, order=order))
    users = USERS if order == 0 else USERS[::-1]
    expect(f"list, order {order}, answers 0", reply.code, 0)
    expect(f"list, order {order}", [user.user_id for user in reply.result.users if user.user_id in USERS], users)

reply = sdk.set_user_profile(set_request(first, {"name": "n" * 64}))
expect("a name of 64 is set", (reply.code, reply.profile_key), (0, None))
reply = sdk.set_user_profile(set_request(first, {"name": "n" * 65}))
expect("a name of 65 is refused, and named", (reply.code != 0, reply.profile_key), (True, "name"))
reply = sdk.set_user_profile(set_request(first, extended={"Team": "blue"}))
expect("a key without prefix is refused, and named", (reply.code != 0, reply.profile_key), (True, "Team"))

before = profiles(sdk.batch_get_user_profiles(batch(USERS)).result.users)
for what, other in [("another secret", api(secret + "x")), ("a tampered signature", api(secret, Tampering))]:
    refused(f"set with {what}", lambda: other.set_user_profile(set_request(first, {"name": "intruder"})))
    refused(f"batch get with {what}", lambda: other.batch_get_user_profiles(batch(USERS)))
    refused(f"list with {what}", lambda: other.list_user_profiles(ncsdk.UserProfileListRequest()))
    refused(f"delete with {what}", lambda: other.delete_user_profiles(batch(USERS)))
after = profiles(sdk.batch_get_user_profiles(batch(USERS)).result.users)
expect("what was refused changed nothing", after, before)

expect("delete", sdk.delete_user_profiles(batch(USERS)).code, 0)
left = profiles(sdk.batch_get_user_profiles(batch(USERS)).result.users)
expect("nothing is left of what was deleted", any(basic or extended for basic, extended in left.values()), False)
conclude()
