"""A confirmation says in whose name the day takes place, and whom of the series to ask."""

from tests.directory.made import WORDS, give_series
from tests.notify.post import Mailing, PostOffice
from tests.notify.test_messages import text_of


async def test_a_confirmation_names_the_series_and_its_contact(mailing: Mailing, office: PostOffice) -> None:
    give_series(mailing.hall.db, mailing.hall.id)
    mailing.book("ana@example.org")
    assert await mailing.sender.send_due() == 1
    (mail,) = office.mails()

    plain, page = text_of(mail, "plain"), text_of(mail, "html")
    assert f"Do you need help?\n{WORDS.names['en']}\nCall us: {WORDS.phone}\n" in plain.replace("\r", "")
    assert (WORDS.names["en"] in page, WORDS.phone in page, "<img" in page.partition("Do you need help?")[2]) == (
        True,
        True,
        False,
    )
