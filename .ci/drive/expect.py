"""What a driver expects of a client's call; one line each, and the exit status of all together."""

import sys

_unmet = []


def expect(what, found, wanted):
    """Prints whether `found` is what is wanted, and remembers when not."""
    if found == wanted:
        print(f"   ok  {what}")
    else:
        print(f"   NO  {what}: found {found!r}, wanted {wanted!r}")
        _unmet.append(what)


def conclude():
    """Ends the driver: 0 when everything was as expected."""
    sys.exit(1 if _unmet else 0)
