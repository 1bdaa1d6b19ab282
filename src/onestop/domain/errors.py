"""Expected refusals of the rules, each with a code for programs and a sentence for the person."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar


def N_(sentence: str) -> str:
    """Mark a sentence for translation where it is written; `web/kit` translates it where it is shown."""
    return sentence


class Refusal(Exception):
    """An expected "no": `code` is stable for programs, `sentence` is a gettext message id, `params` fill it."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = N_("This is not possible now.")

    def __init__(self, **params: str | int) -> None:
        self.params: Mapping[str, str | int] = params
        super().__init__(self.sentence % params if params else self.sentence)


# -- not known, not allowed -------------------------------------------------------------------------


class NotKnown(Refusal):
    code = "not_known"
    status = 404
    sentence = N_("We do not know this address. Please check it, or ask at the door.")


class DayUnknown(NotKnown):
    code = "day_unknown"
    sentence = N_("We do not know this day. Please check the address, or ask the centre.")


class TicketUnknown(NotKnown):
    code = "ticket_unknown"
    sentence = N_("We do not know this code. Please check it, or show your paper at the reception.")


class NotAllowed(Refusal):
    code = "not_allowed"
    status = 403
    sentence = N_("You may not do this. Please ask the organiser.")


class SignInNeeded(Refusal):
    code = "sign_in_needed"
    status = 401
    sentence = N_("Please sign in first.")


class CodesNeeded(NotAllowed):
    code = "codes_needed"
    sentence = N_("Your centre asks for one-time codes. Please switch them on in your account first.")


class TooManyTries(Refusal):
    code = "too_many_tries"
    status = 429
    sentence = N_("There were too many tries. Please wait a few minutes, then try again.")


class Busy(Refusal):
    code = "busy"
    status = 503
    sentence = N_("Many people are using this page now. Nothing is lost. Please try again in a minute.")


class InvalidInput(Refusal):
    """What was typed cannot be used; `field` names the form field that needs another value."""

    code = "invalid_input"
    status = 422
    sentence = N_("Please check what you entered.")

    def __init__(self, *, field: str = "", **params: str | int) -> None:
        self.field = field
        super().__init__(**params)


class NameRefused(InvalidInput):
    code = "name_refused"
    sentence = N_("Please write a name with 1 to 200 letters.")


class ContactRefused(InvalidInput):
    code = "contact_refused"
    sentence = N_("This is not an e-mail address. Please check it, or leave it empty.")


class PhoneRefused(InvalidInput):
    code = "phone_refused"
    sentence = N_("This is not a phone number. Please check it, or leave it empty.")


class ProofNeeded(ContactRefused):
    code = "proof_needed"
    sentence = N_("Please write an e-mail address. We send a link there, and you confirm with it.")


# -- days ------------------------------------------------------------------------------------------


class DayNotPublished(Refusal):
    code = "day_not_published"
    status = 404
    sentence = N_("This day is not open for booking yet. Please ask the centre.")


class DayOver(Refusal):
    code = "day_over"
    status = 410
    sentence = N_("This day is over. Please choose another day, or ask the centre.")


class DayCancelled(Refusal):
    code = "day_cancelled"
    status = 410
    sentence = N_("This day will not take place. Please choose another day, or ask the centre.")


class DayPaused(Refusal):
    code = "day_paused"
    sentence = N_("The whole day has a pause now. Nobody is called.")


class InvitationNeeded(Refusal):
    code = "invitation_needed"
    status = 403
    sentence = N_("This day is by invitation. Please open the link from the centre, or type your invitation code.")


class InvitationUsed(Refusal):
    code = "invitation_used"
    sentence = N_("This invitation was used already. Please ask the centre for another one.")


class DrawDay(Refusal):
    code = "draw_day"
    sentence = N_("Places on this day are given in random order. Please ask the centre how to take part.")


class NoDraw(NotKnown):
    code = "no_draw"
    sentence = N_("Places on this day are not given in random order.")


class RequestsNotYet(Refusal):
    code = "requests_not_yet"
    sentence = N_("You cannot ask for a place yet. Please come back to the page of this day later.")


class RequestsOver(Refusal):
    code = "requests_over"
    status = 410
    sentence = N_("The time to ask for a place on this day is over.")


class DrawBegun(Refusal):
    code = "draw_begun"
    sentence = N_("People can already ask for a place. How places are given can no longer be changed.")


class DrawNotYet(Refusal):
    code = "draw_not_yet"
    sentence = N_("The draw comes after the time for requests. This time is not over yet.")


class DrawKeyChanged(Refusal):
    code = "draw_key_changed"
    sentence = N_("The ticket key is not the one this draw was announced with. Put the old key file back.")


class PublishRefused(Refusal):
    """`reason` says what is missing, in the organiser's words."""

    code = "publish_refused"
    sentence = N_("This day cannot be published yet: %(reason)s")


class DayNotBegun(Refusal):
    code = "day_not_begun"
    sentence = N_("This day has not begun. If it does not take place, cancel it.")


class DayStillInside(Refusal):
    code = "day_still_inside"
    sentence = N_("%(count)s visitors are still here. Send them on first, or close the day with a reason.")


class Changed(Refusal):
    code = "changed"
    sentence = N_("Somebody else changed this in the meantime. Please look at it again.")


# -- booking ---------------------------------------------------------------------------------------


class ArrivalTaken(Refusal):
    code = "arrival_taken"
    sentence = N_("This time has just been taken. Please choose another time.")


class NoServiceChosen(Refusal):
    code = "no_service_chosen"
    status = 422
    sentence = N_("Please choose at least one thing that you need.")


class ServiceUnknown(Refusal):
    code = "service_unknown"
    status = 422
    sentence = N_("This day does not have this kind of help. Please choose again.")


class HoldBooked(Refusal):
    code = "hold_booked"
    status = 410
    sentence = N_("This time is booked already. Please open your ticket with its code.")


class HoldGone(Refusal):
    code = "hold_gone"
    status = 410
    sentence = N_("We could not keep this time for you any longer. Please choose a time again.")


class OfferGone(Refusal):
    code = "offer_gone"
    sentence = N_("This offer is over. The time for an answer has ended.")


class HelperFull(Refusal):
    code = "helper_full"
    sentence = N_(
        "All bookings of your account for this day are used: %(cap)s of %(cap)s. Cancel one, or ask the centre."
    )


class BookingClosed(Refusal):
    code = "booking_closed"
    sentence = N_("This booking cannot be changed any more. Please ask at the door.")


class BookingCancelled(Refusal):
    code = "booking_cancelled"
    status = 410
    sentence = N_("This booking was cancelled. You can book again, or ask at the door.")


class BookingArrived(Refusal):
    code = "booking_arrived"
    sentence = N_("You are already here. Please ask at the reception.")


class PartyTooBig(InvalidInput):
    code = "party_too_big"
    sentence = N_("We can book at most %(limit)s people together here. Please ask the centre.")


class ChildAlone(Refusal):
    code = "child_alone"
    status = 422
    sentence = N_("A child needs an adult. Please add an adult who comes too.")


class ChildAtDeskAlone(ChildAlone):
    sentence = N_("A child never goes to a desk alone. Please choose an adult too.")


class TicketEmpty(Refusal):
    code = "ticket_empty"
    status = 422
    sentence = N_("Each of the two tickets needs a step. Please choose again.")


class NoRoomForTwo(ArrivalTaken):
    code = "no_room_for_two"
    sentence = N_("Two tickets do not fit at this time. Please change the time first, or ask the centre.")


# -- the hall --------------------------------------------------------------------------------------


class WrongDay(Refusal):
    code = "wrong_day"
    sentence = N_("Your booking is for another day: %(date)s. Please come on that day, or ask at the reception.")

    def __init__(self, *, on: date) -> None:
        self.on = on
        super().__init__(date=on.isoformat())


class DeskUnknown(NotKnown):
    code = "desk_unknown"
    sentence = N_("We do not know this desk.")


class DeskServing(Refusal):
    code = "desk_serving"
    sentence = N_("This desk is serving somebody. Please finish first.")


class SessionRuns(Refusal):
    code = "session_runs"
    sentence = N_("A session is held at this desk. Please end it first.")


class DeskNotOpen(Refusal):
    code = "desk_not_open"
    sentence = N_("This desk is not open. Please open it first.")


class StopUnknown(NotKnown):
    code = "stop_unknown"
    sentence = N_("We do not know this step.")


class StopMoved(Refusal):
    code = "stop_moved"
    sentence = N_("This visitor has moved on in the meantime. Please look at the desk again.")


class MoveRefused(Refusal):
    """The state machine does not have this move."""

    code = "move_refused"
    sentence = N_("This step cannot be done now. Please look at the page again.")


class PutOffTooOften(Refusal):
    code = "put_off_too_often"
    sentence = N_("You have said this twice. Please go to the desk, or ask at the reception.")


class UndoRefused(Refusal):
    code = "undo_refused"
    sentence = N_("This cannot be undone any more: something else has happened since.")


class UndoTooLate(Refusal):
    code = "undo_too_late"
    sentence = N_("This cannot be undone any more: the time for undo is over.")


class VisitOver(Refusal):
    code = "visit_over"
    sentence = N_("This visit has ended. Please ask at the reception.")


class NothingToCarry(Refusal):
    code = "nothing_to_carry"
    sentence = N_("No open step of this visit is offered on that day.")


class PassUsed(Refusal):
    code = "pass_used"
    status = 403
    sentence = N_("This day pass is already in use on another machine. Please ask the organiser to release it.")


class PassOver(Refusal):
    code = "pass_over"
    status = 403
    sentence = N_("This day pass is not valid any more. Please ask the organiser for a new one.")


class SignInWrong(Refusal):
    code = "sign_in_wrong"
    status = 401
    sentence = N_("The name or the password is not right. Please try again.")


class CodeWrong(InvalidInput):
    code = "code_wrong"
    sentence = N_("This code is not right. Please wait for the next one in your app, then write that one.")


class SignInOver(Refusal):
    code = "sign_in_over"
    status = 401
    sentence = N_("The time for the code is over. Please sign in again.")


class PairingWrong(Refusal):
    code = "pairing_wrong"
    status = 401
    sentence = N_("This pairing code is not right or too old. Please ask the organiser for a new one.")


# -- the machine interface -------------------------------------------------------------------------


class KeyInFlight(Refusal):
    code = "key_in_flight"
    sentence = N_("The same request is being worked on. Please wait a moment.")


class KeyReused(Refusal):
    code = "key_reused"
    status = 422
    sentence = N_("This key was used before with other content.")


class KeyNeeded(Refusal):
    code = "key_needed"
    status = 400
    sentence = N_("This request needs an Idempotency-Key.")


class MessageUnknown(NotKnown):
    code = "message_unknown"
    sentence = N_("We do not know this message.")
