"""Which verbs may an actor use: one predicate a verb, with the rule as its docstring."""

from portal.actions.people import has_verified
from portal.enums import Role
from portal.models import Organisation
from portal.permissions import Actor
from vouchers.enums import SeatState, Side
from vouchers.models import (
    Agreement,
    Appeal,
    Application,
    Award,
    AwardChange,
    Call,
    CallChange,
    Claim,
    CoApplicant,
    ConflictOfInterest,
    Extension,
    Instruction,
    PartnerConsent,
    PaymentBatch,
    Pot,
)

PARTNER = Actor.mail_link("partner")


def is_clock(by: Actor, _row: object) -> bool:
    """The schedule."""
    return by.is_clock


def is_manager_of_call(by: Actor, call: Call) -> bool:
    """A manager of the call's programme."""
    return by.has_role(Role.MANAGER, call.programme)


def may_agree_to_call_change(by: Actor, change: CallChange) -> bool:
    """A manager of the programme who is not the one that asks."""
    return (
        may_answer_call_change(by, change)
        and by.user is not None
        and (by.user.pk != change.asked_by_id)
    )


def may_answer_call_change(by: Actor, change: CallChange) -> bool:
    """A manager of the programme; who asks may take the wish back."""
    return is_manager_of_call(by, change.call)


def is_applicant(by: Actor, application: Application) -> bool:
    """A current member of the organisation that applies."""
    return by.acts_for(application.organisation_id)


def seat_of(by: Actor, application: Application) -> CoApplicant | None:
    """Return the seat that the person holds at an application of a firm they do not act for."""
    if by.user is None or is_applicant(by, application):
        return None
    seats = application.co_applicants.filter(user=by.user, state=SeatState.ACCEPTED)
    return seats.select_related("user").first()


def may_write(by: Actor, application: Application, section: str) -> bool:
    """A current member of the organisation that applies, or a co-applicant in their own parts."""
    if is_applicant(by, application):
        return True
    seat = seat_of(by, application)
    return seat is not None and seat.may_edit(section)


def may_begin_for(by: Actor, organisation: Organisation) -> bool:
    """An access broker of the firm's region who does not act for the firm."""
    return by.has_role(Role.BROKER, organisation.region) and not by.acts_for(organisation.pk)


def may_take_seat(by: Actor, _seat: CoApplicant) -> bool:
    """Somebody with an account, who has shown that the invited address is theirs."""
    return by.user is not None


def may_remove_co_applicant(by: Actor, seat: CoApplicant) -> bool:
    """A current member of the organisation that applies, or the person whose seat it is."""
    if by.user is None or is_applicant(by, seat.application):
        return by.user is not None
    is_theirs = seat.email == by.user.email.lower() or has_verified(by.user, seat.email)
    return seat.user_id == by.user.pk or is_theirs


def assessed(by: Actor, application: Application) -> bool:
    """An assessor of this application, who never signs it."""
    return by.user is not None and any(
        assessment.assessor_id == by.user.pk for assessment in application.assessments.all()
    )


def is_home_broker(by: Actor, application: Application) -> bool:
    """An access broker of the applicant's region who is no assessor of this application."""
    return by.has_role(Role.BROKER, application.home_region) and not assessed(by, application)


def is_host_broker(by: Actor, application: Application) -> bool:
    """An access broker of the host's region who is no assessor of this application."""
    return by.has_role(Role.BROKER, application.host_region) and not assessed(by, application)


def may_send_back(by: Actor, application: Application) -> bool:
    """A home broker, or the schedule where a file turns out to have a virus."""
    return by.is_clock or is_home_broker(by, application)


def may_sign(by: Actor, application: Application) -> bool:
    """A broker of the home region, or of the host region where that signs too."""
    if is_home_broker(by, application):
        return True
    return application.needs_host_signature and is_host_broker(by, application)


def may_edit_letter(by: Actor, application: Application) -> bool:
    """A home broker or manager who does not act for the firm."""
    may = is_home_broker(by, application) or is_manager(by, application)
    return may and not is_applicant(by, application)


def may_reinstate(by: Actor, application: Application) -> bool:
    """A home broker or manager who did not make the decision."""
    decision = application.decisions.filter(replaced_at=None).first()
    decider = decision.decided_by_id if decision else None
    if by.user is None or by.user.pk == decider:
        return False
    return is_home_broker(by, application) or is_manager(by, application)


def is_manager(by: Actor, application: Application) -> bool:
    """A manager of the programme."""
    return by.has_role(Role.MANAGER, application.call.programme)


def may_group(by: Actor, application: Application) -> bool:
    """A home broker or manager, who says which firms are one undertaking with the applicant."""
    return is_home_broker(by, application) or is_manager(by, application)


def may_register(by: Actor, award: Award) -> bool:
    """A broker or finance officer of the home region, or a manager of the programme."""
    home = award.application.home_region
    is_home = by.has_role(Role.BROKER, home) or by.has_role(Role.FINANCE, home)
    return is_home or by.has_role(Role.MANAGER, award.pot.programme)


def may_take_file(by: Actor, award: Award) -> bool:
    """A broker of the home region, or a manager or auditor of the programme."""
    programme = award.pot.programme
    is_home = by.has_role(Role.BROKER, award.application.home_region)
    return is_home or any(by.has_role(role, programme) for role in (Role.MANAGER, Role.AUDITOR))


def may_answer_appeal(by: Actor, appeal: Appeal) -> bool:
    """A home broker or manager who neither decided nor signed, and does not act for the firm."""
    application = appeal.application
    if by.user is None or by.user.pk == appeal.decision.decided_by_id:
        return False
    has_signed = application.signatures.filter(signed_by=by.user).exists()
    may = is_home_broker(by, application) or is_manager(by, application)
    return may and not has_signed and not is_applicant(by, application)


def may_extend(by: Actor, extension: Extension) -> bool:
    """An access broker of the home region who does not act for the firm."""
    return may_extend_file(by, extension.application)


def may_extend_file(by: Actor, application: Application) -> bool:
    """An access broker of the home region who does not act for the firm."""
    return is_home_broker(by, application) and not is_applicant(by, application)


def may_agree_to_extension(by: Actor, extension: Extension) -> bool:
    """A manager of the programme, who did not give it and does not act for the firm."""
    is_other = by.user is not None and by.user.pk != extension.given_by_id
    application = extension.application
    return is_other and is_manager(by, application) and not is_applicant(by, application)


def may_assign(by: Actor, application: Application) -> bool:
    """A manager, or a broker of the home region."""
    return is_manager(by, application) or is_home_broker(by, application)


def may_advise(by: Actor, application: Application) -> bool:
    """A manager, or a broker of the home region, may say which other partners fit."""
    return may_assign(by, application)


def is_assigned_assessor(by: Actor, application: Application) -> bool:
    """An assessor of this application whose scores are not in yet, or are just coming in."""
    return assessed(by, application)


def is_holder(by: Actor, award: Award) -> bool:
    """A current member of the organisation that holds the award, once it was told."""
    return award.application.told_at is not None and is_applicant(by, award.application)


def is_award_home_broker(by: Actor, award: Award) -> bool:
    """An access broker of the home region."""
    return is_home_broker(by, award.application)


def is_award_manager(by: Actor, award: Award) -> bool:
    """A manager of the programme."""
    return is_manager(by, award.application)


def is_partner(by: Actor, _asked: PartnerConsent | Agreement) -> bool:
    """Who came by the link in the partner's mail."""
    return by == PARTNER


def may_file_agreement(by: Actor, agreement: Agreement) -> bool:
    """The firm that holds the award, or an access broker of its region."""
    return is_holder(by, agreement.award) or is_award_home_broker(by, agreement.award)


def may_void_agreement(by: Actor, agreement: Agreement) -> bool:
    """Whoever may end the award."""
    return _may_end(by, agreement.award)


def may_answer_award_change(by: Actor, change: AwardChange) -> bool:
    """An access broker of the home region who does not act for the firm."""
    return may_extend_file(by, change.award.application)


def may_end_award_change(by: Actor, change: AwardChange) -> bool:
    """Whoever may end or complete the award."""
    return _may_end(by, change.award)


def _may_end(by: Actor, award: Award) -> bool:
    may = is_holder(by, award) or is_award_home_broker(by, award) or is_award_manager(by, award)
    return may or by.is_clock


def may_void_consent(by: Actor, consent: PartnerConsent) -> bool:
    """Who may choose the partners, or the schedule after a return."""
    return by.is_clock or may_write(by, consent.application, "hosts")


def may_judge_partner(by: Actor, application: Application) -> bool:
    """A broker of the host's region, or a manager of the programme."""
    return is_host_broker(by, application) or is_manager(by, application)


def is_claimant(by: Actor, claim: Claim) -> bool:
    """A current member of the organisation that holds the award."""
    return is_holder(by, claim.award)


def is_claim_broker(by: Actor, claim: Claim) -> bool:
    """An access broker of the home region."""
    return is_home_broker(by, claim.award.application)


def may_send_claim_back(by: Actor, claim: Claim) -> bool:
    """A home broker, or the schedule where a file turns out to have a virus."""
    return by.is_clock or is_claim_broker(by, claim)


def may_approve_claim(by: Actor, claim: Claim) -> bool:
    """An access broker of the home region who did not file the claim."""
    filer = claim.filed_by_id
    return by.user is not None and by.user.pk != filer and is_claim_broker(by, claim)


def may_pay(by: Actor, claim: Claim) -> bool:
    """Finance of the home region, and not the person who approved the claim."""
    if by.user is None or by.user.pk == claim.approved_by_id:
        return False
    return by.has_role(Role.FINANCE, claim.award.application.home_region)


def may_bounce(by: Actor, claim: Claim) -> bool:
    """Finance of the home region."""
    return by.has_role(Role.FINANCE, claim.award.application.home_region)


def may_instruct(by: Actor, pot: Pot) -> bool:
    """Finance of the pot's region."""
    return by.has_role(Role.FINANCE, pot.region)


def may_settle_batch(by: Actor, batch: PaymentBatch) -> bool:
    """Finance of the batch's region."""
    return may_instruct(by, batch.pot)


def may_pay_instruction(by: Actor, instruction: Instruction) -> bool:
    """Finance of the home region, and not the person who approved the claim."""
    return may_pay(by, instruction.claim)


def may_settle_instruction(by: Actor, instruction: Instruction) -> bool:
    """Finance of the batch's region."""
    return may_settle_batch(by, instruction.batch)


def signing_sides(by: Actor, application: Application) -> list[Side]:
    """For which sides the actor could sign."""
    sides = []
    if is_home_broker(by, application):
        sides.append(Side.HOME)
    if application.needs_host_signature and is_host_broker(by, application):
        sides.append(Side.HOST)
    return sides


def sees_private_parts(by: Actor, application: Application) -> bool:
    """Whether ownership figures, aid history and home's notes are open: not to the host region."""
    if by.user is None:
        return False
    programme = application.call.programme
    return (
        by.user.is_superuser
        or any(by.has_role(role, application.home_region) for role in (Role.BROKER, Role.FINANCE))
        or any(by.has_role(role, programme) for role in (Role.MANAGER, Role.AUDITOR))
        or by.acts_for(application.organisation_id)
    )


def note_side(by: Actor, application: Application) -> Side | None:
    """For which region the person keeps notes: home's broker or finance, or the host's broker."""
    finance = by.has_role(Role.FINANCE, application.home_region)
    if finance or is_home_broker(by, application):
        return Side.HOME
    return Side.HOST if is_host_broker(by, application) else None


def note_sides(by: Actor, application: Application) -> list[Side]:
    """Whose notes the person reads: one's own region's; managers and auditors read both."""
    programme = application.call.programme
    if any(by.has_role(role, programme) for role in (Role.MANAGER, Role.AUDITOR)):
        return [Side.HOME, Side.HOST]
    own = note_side(by, application)
    return [own] if own else []


def is_concerned(by: Actor, conflict: ConflictOfInterest) -> bool:
    """The person whose conflict it is."""
    return by.user is not None and by.user.pk == conflict.person_id


def may_judge_conflict(by: Actor, conflict: ConflictOfInterest) -> bool:
    """A second person: a broker of either region or a manager; never the person themselves."""
    application = conflict.application
    if by.user is None or is_concerned(by, conflict):
        return False
    sides = (application.home_region, application.host_region)
    return any(by.has_role(Role.BROKER, side) for side in sides) or is_manager(by, application)
