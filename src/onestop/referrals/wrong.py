"""What is refused about a referral."""

from onestop.domain.errors import N_, InvalidInput, NotKnown, Refusal


class ReferralUnknown(NotKnown):
    code = "referral_unknown"
    sentence = N_("We do not know this referral.")


class WhereMissing(InvalidInput):
    code = "referral_where"
    sentence = N_("Please choose where the visitor goes next.")


class DayWrong(InvalidInput):
    code = "referral_day"
    sentence = N_("Please choose one of the coming days.")


class NotAtThatDay(InvalidInput):
    code = "referral_not_there"
    sentence = N_("This institution has no desk on that day. Please choose another day, or none.")


class WhyMissing(InvalidInput):
    code = "referral_why"
    sentence = N_("Please choose why.")


class ByWrong(InvalidInput):
    code = "referral_by"
    sentence = N_("Please choose a date from the list.")


class YesMissing(InvalidInput):
    code = "referral_consent"
    sentence = N_("Please name the place to the visitor first. A referral needs a yes.")


class ReferralThere(Refusal):
    code = "referral_there"
    sentence = N_("This conversation has this referral already.")


class NotAtDesk(Refusal):
    code = "referral_not_at_desk"
    sentence = N_("A referral is made while the visitor is at the desk, or after it on the same day.")


class ReferralClosed(Refusal):
    code = "referral_closed"
    sentence = N_("This referral was withdrawn.")
