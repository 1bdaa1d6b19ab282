"""Why a message did not arrive."""

import pytest

from onestop.domain.letters import Cause, cause_of


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("550 SMTPRecipientRefused", Cause.NO_ADDRESS),
        ("553 SMTPRecipientRefused", Cause.NO_ADDRESS),
        ("552 SMTPRecipientRefused", Cause.FULL),
        ("452 SMTPRecipientRefused", Cause.FULL),
        ("554 SMTPDataError", Cause.CONTENT),
        ("550 SMTPDataError", Cause.CONTENT),
        ("550 SMTPSenderRefused", Cause.SENDER),
        ("535 SMTPAuthenticationError", Cause.SENDER),
        ("421 SMTPRecipientRefused", Cause.BUSY),
        ("451 SMTPDataError", Cause.BUSY),
        ("SMTPServerDisconnected", Cause.LINE),
        ("TimeoutError", Cause.LINE),
        ("ConnectionResetError", Cause.LINE),
        ("SMTPNotSupported", Cause.SPELLING),
        ("UnicodeError", Cause.SPELLING),
        ("text KeyError", Cause.PROGRAM),
        ("late", Cause.LATE),
        ("bounced 5.1.1", Cause.NO_ADDRESS),
        ("bounced 5.2.2", Cause.FULL),
        ("bounced 5.7.1", Cause.CONTENT),
        ("bounced 5.4.4", Cause.BOUNCED),
        ("bounced", Cause.BOUNCED),
        ("sms 400", Cause.PHONE),
        ("sms 404", Cause.GATEWAY),
        ("sms 429", Cause.BUSY),
        ("sms 302", Cause.BUSY),
        ("sms ReadTimeout", Cause.LINE),
    ],
)
def test_each_code_has_its_cause(error: str, cause: Cause) -> None:
    assert cause_of(error) == cause
