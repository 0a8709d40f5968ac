"""`patchbay users identity`."""


def test_a_user_is_linked_and_unlinked(patchbay) -> None:
    assert "--issuer" in patchbay("users", "identity", "anna", "1234").errors
    known = ("--issuer", "https://id.example")
    assert "no user 'anna'" in patchbay("users", "identity", "anna", "1234", *known).errors
    patchbay("users", "add", "anna")
    linked = patchbay("users", "identity", "anna", "1234", *known)
    assert linked.output == "anna can now sign in as 1234 of https://id.example.\n"
    assert "belongs to a user already" in patchbay("users", "identity", "anna", "1234", *known).errors
    assert "no longer" in patchbay("users", "identity", "anna", "1234", *known, "--undo").output
