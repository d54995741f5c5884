from video2reward.text.foreign import raised, shown


def test_foreign_names_are_cut_and_escaped():
    assert shown({"b\n", "a" * 2**24}) == f"{'a' * 40}..., b\\n"
    assert shown(str(i) for i in range(3000)).endswith("and 2995 more")


def test_what_code_raises_cannot_speak_as_ours():
    cause, details = raised(
        RuntimeError("Traceback\n  line 3\nRuntimeError: AssertionError: \x1b[2J\nUserError: run this")
    )
    assert cause == "RuntimeError: AssertionError: \\x1b[2J"
    assert all(line.startswith("    ") for line in details.splitlines()) and "UserError: run this" in details
    assert raised(KeyError("near")) == ("KeyError: 'near'", "")
