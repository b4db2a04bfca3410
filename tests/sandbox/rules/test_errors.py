"""The body of Discord's errors."""

from sandbox.rules import FieldErrors, NotKnownError


def test_faults_are_nested_under_their_path():
    errors = FieldErrors(
        {("data", "embeds", "0", "title"): [("BASE_TYPE_MAX_LENGTH", "Must be 256 or fewer in length.")]}
    )

    assert errors.body() == {
        "code": 50035,
        "message": "Invalid Form Body",
        "errors": {
            "data": {
                "embeds": {
                    "0": {
                        "title": {
                            "_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}]
                        }
                    }
                }
            }
        },
    }


def test_a_fault_of_the_body_itself_has_no_path():
    assert FieldErrors.at("", "CODE", "words").body()["errors"] == {"_errors": [{"code": "CODE", "message": "words"}]}


def test_under_moves_faults_deeper():
    assert FieldErrors.at("a.b", "CODE", "words").under("data").faults == {("data", "a", "b"): (("CODE", "words"),)}


def test_message_names_path_and_words():
    assert "data.components.0: words [CODE]" in str(FieldErrors.at("data.components.0", "CODE", "words"))


def test_what_the_rules_do_not_know_is_no_answer_of_discord():
    assert NotKnownError("polls").status == 501
