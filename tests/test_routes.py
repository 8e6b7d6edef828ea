"""Who may come where: every address of the site and what each role gets there.

200 is the page, 302 leads to sign-in or to the page that fits, 403 is a verb that the role does not
have, 404 is a row that it does not see. At the desk a person without any role is led to sign in.
"""

import re
from collections.abc import Mapping

import pytest
from django.contrib import admin

from portal.models import User
from tests.rigs import routes
from tests.stage import roles_for, tour

pytestmark = pytest.mark.django_db
# Everybody may come here; whoever adds to this list opens a page to the world.
PUBLIC = frozenset(
    {
        "about",
        "accessibility",
        "account_confirm_email",
        "account_confirm_login_code",
        "account_email_verification_sent",
        "account_inactive",
        "account_login",
        "account_logout",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_signup",
        "admin:login",
        "application_invitation",
        "broker_asked",
        "broker_list",
        "broker_page",
        "call",
        "calls",
        "catalogue_csv",
        "catalogue_provider",
        "catalogue_photo",
        "catalogue_record",
        "catalogue_search",
        "emblem",
        "expert_consent",
        "expert_withdrawal",
        "healthz",
        "home",
        "invitation",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "partner_consent",
        "partner_consent_given",
        "provider_agreement",
        "provider_agreement_done",
        "need",
        "privacy",
        "provider_asked",
        "provider_invitation",
        "provider_join",
        "readyz",
        "record_confirmation",
        "robots",
        "set_language",
        "set_theme",
        "self_check",
        "sitemap",
        "sitemap_index",
        "verify",
        "verify_number",
        "voucher_rules",
    }
)
# Addresses that only take what is sent; reading them is 405.
ONLY_POST = re.compile(
    r"set_theme|set_language|organisation_join|profile_remove|membership_move|provider_person_leaves|admin:("
    r"portal_membership_move|portal_outgoingmail_retry|vouchers_call_verb|vouchers_callchange_verb|vouchers_questionset_(next|publish)"
    r"|vouchers_application_((release|schedule)_letters|score|sign_host|sign_home|find_eligible|assign"
    r"|send_back|open_further|advise|reserve|reverse|reinstate|find_ineligible|reject|list_partner"
    r"|refuse_partner|view|entrust|note)"
    r"|vouchers_conflictofinterest_step_aside"
    r"|vouchers_retentionperiod_erase"
    r"|vouchers_award_(cancel|revoke|register_enter|write_again|file_agreement|answer_change)"
    r"|vouchers_claim_(approve|ask|close|pay|send_back|ask_account|bounce)"
    r"|vouchers_paymentbatch_(execute|discard)"
    r"|brokers_enquiry_advise"
    r"|catalogue_record_(publish|confirm)|catalogue_revision_approve)"
    r"|provider_(rules_accept|record_(confirm|photo|move))"
)
# Visited by their own tests: a picture, links with a token, a code for a phone, a slow report.
ELSEWHERE = frozenset(
    {
        "admin:vouchers_appeal_file",
        "admin:vouchers_application_part_undertaking",
        "admin:vouchers_application_proof_of_split",
        "admin:vouchers_award_paper",
        "admin:vouchers_award_proof",
        "application_appeal",
        "award_agreement_paper",
        "award_change_appendix",
        "award_change_proof",
        "application_appeal_file",
        "application_invitation",
        "application_unsent",
        "broker_asked",
        "catalogue_photo",
        "emblem",
        "expert_consent",
        "expert_withdrawal",
        "invitation",
        "partner_consent",
        "partner_consent_given",
        "provider_agreement",
        "provider_agreement_done",
        "provider_asked",
        "provider_invitation",
        "record_confirmation",
        "statistics_pdf",
        "totp_qr",
    }
)
# Django's and allauth's own: the library's pages, refused below like all others.
LIBRARY = re.compile(
    r"(account|mfa|usersessions)_|admin:(login|logout|password_change\w*|autocomplete|jsi18n"
    r"|view_on_site|\w+_delete)?$"
)
CONVERTERS = {"int": "1", "slug": "x", "str": "x", "path": "1"}


def examples() -> list[tuple[str, str]]:
    """Every name with an address that its pattern takes."""
    found = []
    for route in routes():
        text = re.sub(r"<(\w+):\w+>", lambda part: CONVERTERS[part[1]], route.pattern)
        text = re.sub(r"\(\?P<app_label>(\w+)[^)]*\)", r"\1", text)
        text = re.sub(r"\(\?P<\w+>[^)]*\)", "x", text)
        found.append((route.name, "/" + re.sub(r"[\^$]", "", text)))
    return found


def test_what_is_public_is_listed():
    assert {route.name for route in routes() if route.is_public} == PUBLIC


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_led_to_sign_in_everywhere_else(client, method):
    answers = {
        (name, address): getattr(client, method)(address)
        for name, address in examples()
        if name not in PUBLIC
    }
    assert len(answers) > 200
    open_ones = [
        (name, address, answer.status_code)
        for (name, address), answer in answers.items()
        if answer.status_code != 404
        and not answer.get("Location", "").startswith(("/accounts/login/?", "/admin/login/?"))
    ]
    assert open_ones == []


def test_no_address_is_left_out():
    visited = {label.partition(" ")[0] for label in tour()}
    known = {route.name for route in routes()}
    left = {
        name
        for name in known - visited - ELSEWHERE
        if not ONLY_POST.fullmatch(name) and not LIBRARY.match(name)
    }
    assert (left, visited - known) == (set(), set())


def test_who_gets_what():
    table = {**read(PAGES), **read(CASES)}
    assert seen() == table


def seen() -> dict[str, list[int]]:
    """What the tour met."""
    return {
        label: [visits[role].status for role in roles_for(label)]
        for label, visits in tour().items()
    }


def read(table: str) -> Mapping[str, list[int]]:
    """Read a table: a label, then a code for each role."""
    lines = [line.rsplit("  ", 1) for line in table.strip().splitlines()]
    return {label.strip(): [int(code) for code in codes.split()] for label, codes in lines}


def test_nobody_deletes_at_the_desk(rf):
    request = rf.get("/admin/")
    request.user = User(pk=0, is_superuser=True)
    deleting = [
        str(one)
        for page in admin.site._registry.values()
        for one in [page, *page.get_inline_instances(request)]
        if one.has_delete_permission(request) or getattr(one, "can_delete", False)
    ]
    acting = [str(page) for page in admin.site._registry.values() if page.get_actions(request)]
    assert (deleting, acting) == ([], [])


# Nobody, SME, other SME, broker, third region's broker, finance, manager, auditor.
PAGES = """
healthz                                           200 200 200 200 200 200 200 200
readyz                                            200 200 200 200 200 200 200 200
home                                              200 200 200 200 200 200 200 200
about                                             200 200 200 200 200 200 200 200
privacy                                           200 200 200 200 200 200 200 200
accessibility                                     200 200 200 200 200 200 200 200
verify                                            200 200 200 200 200 200 200 200
statistics                                        302 403 403 200 200 200 200 200
statistics_applications                           302 403 403 200 200 200 200 200
statistics_csv                                    302 403 403 200 200 200 200 200
statistics_json                                   302 403 403 200 200 200 200 200
statistics_xlsx                                   302 403 403 200 200 200 200 200
profile                                           302 200 200 200 200 200 200 200
staff_mails                                       302 403 403 200 200 200 200 200
own_data                                          302 200 200 200 200 200 200 200
own_data_download                                 302 302 302 302 302 302 302 302
own_data_erase                                    302 302 302 302 302 302 302 302
organisations                                     302 200 200 200 200 200 200 200
organisation_register                             302 200 200 200 200 200 200 200
organisation_find                                 302 200 200 200 200 200 200 200
catalogue_search                                  200 200 200 200 200 200 200 200
catalogue_csv                                     200 200 200 200 200 200 200 200
robots                                            200 200 200 200 200 200 200 200
sitemap_index                                     200 200 200 200 200 200 200 200
sitemap                                           200 200 200 200 200 200 200 200
self_check                                        200 200 200 200 200 200 200 200
need                                              200 200 200 200 200 200 200 200
broker_list                                       200 200 200 200 200 200 200 200
provider_home                                     302 200 200 302 302 302 200 200
provider_join                                     200 200 200 200 200 200 200 200
dashboard                                         302 200 200 200 200 200 200 200
calls                                             200 200 200 200 200 200 200 200
applications                                      302 200 200 200 200 200 200 200
application_start                                 302 200 200 302 302 302 302 302
application_begin_for                             302 403 403 200 200 403 403 403
admin:index                                       302 302 302 200 200 200 200 200
verify_number                                     200 200 200 200 200 200 200 200
catalogue_record                                  200 200 200 200 200 200 200 200
catalogue_provider                                200 200 200 200 200 200 200 200
provider                                          302 404 404 200 404 200 200 200
provider_edit                                     302 404 404 200 404 403 200 403
provider_rules                                    302 404 404 200 404 200 200 200
provider_record_new                               302 404 404 200 404 403 200 403
provider_record                                   302 404 404 200 404 200 200 200
provider_record_edit                              302 404 404 302 404 403 302 403
provider_record_preview                           302 404 404 200 404 200 200 200
provider_record_photos                            302 404 404 302 404 403 302 403
provider_record_version                           302 404 404 200 404 200 200 200
provider_person                                   302 404 404 200 404 403 200 403
broker_page                                       200 200 200 200 200 200 200 200
call                                              200 200 200 200 200 200 200 200
voucher_rules                                     200 200 200 200 200 200 200 200
organisation                                      302 200 404 404 404 404 404 404
organisation_edit                                 302 200 404 404 404 404 404 404
profile_overview                                  302 200 404 404 404 404 404 404
profile_group                                     302 302 404 404 404 404 404 404
profile_party_new                                 302 404 404 404 404 404 404 404
profile_stake                                     302 404 404 404 404 404 404 404
profile_confirm                                   302 302 404 404 404 404 404 404
profile_declaration                               302 404 404 404 404 404 404 404
profile_step                                      302 200 404 404 404 404 404 404
profile_party                                     302 404 404 404 404 404 404 404
application_new                                   302 200 200 302 302 302 302 302
admin:vouchers_application_letters                302 302 302 403 403 403 200 403
admin:vouchers_application_bulk                   302 302 302 302 302 302 302 302
admin:vouchers_application_bulk_done              302 302 302 302 302 302 302 302
admin:vouchers_application_views                  302 302 302 200 200 200 200 200
admin:vouchers_claim_payments                     302 302 302 200 200 200 200 200
admin:vouchers_claim_receipts                     302 302 302 200 200 200 200 200
admin:vouchers_award_register                     302 302 302 200 200 200 200 200
admin:vouchers_award_register_file                302 302 302 200 200 200 200 200
admin:portal_user_changelist                      302 302 302 403 403 403 200 200
admin:portal_user_add                             302 302 302 403 403 403 403 403
admin:portal_user_change                          302 302 302 403 403 403 200 200
admin:portal_user_history                         302 302 302 403 403 403 200 200
admin:portal_organisation_changelist              302 302 302 200 200 200 200 200
admin:portal_organisation_add                     302 302 302 403 403 403 403 403
admin:portal_organisation_change                  302 302 302 200 404 200 200 404
admin:portal_organisation_history                 302 302 302 200 404 200 200 404
admin:portal_organisation_reads                   302 302 302 403 404 403 200 404
admin:portal_membership_changelist                302 302 302 200 200 200 200 200
admin:portal_membership_add                       302 302 302 403 403 403 403 403
admin:portal_membership_change                    302 302 302 200 404 200 200 404
admin:portal_membership_history                   302 302 302 200 404 200 200 404
admin:portal_region_changelist                    302 302 302 200 200 200 200 200
admin:portal_region_add                           302 302 302 403 403 403 200 403
admin:portal_region_change                        302 302 302 200 200 200 200 200
admin:portal_region_history                       302 302 302 200 200 200 200 200
admin:portal_programme_changelist                 302 302 302 200 200 200 200 200
admin:portal_programme_add                        302 302 302 403 403 403 200 403
admin:portal_programme_change                     302 302 302 200 200 200 200 200
admin:portal_programme_history                    302 302 302 200 200 200 200 200
admin:portal_journalentry_changelist              302 302 302 403 403 403 200 200
admin:portal_journalentry_add                     302 302 302 403 403 403 403 403
admin:portal_journalentry_change                  302 302 302 403 403 403 200 200
admin:portal_journalentry_history                 302 302 302 403 403 403 200 200
admin:portal_outgoingmail_changelist              302 302 302 403 403 403 200 200
admin:portal_outgoingmail_add                     302 302 302 403 403 403 403 403
admin:portal_outgoingmail_change                  302 302 302 403 403 403 200 200
admin:portal_outgoingmail_history                 302 302 302 403 403 403 200 200
admin:portal_document_changelist                  302 302 302 403 403 403 200 200
admin:portal_document_add                         302 302 302 403 403 403 403 403
admin:portal_document_change                      302 302 302 403 403 403 200 200
admin:portal_document_history                     302 302 302 403 403 403 200 200
admin:portal_maillink_changelist                  302 302 302 403 403 403 200 200
admin:portal_maillink_add                         302 302 302 403 403 403 403 403
admin:portal_maillink_change                      302 302 302 403 403 403 200 200
admin:portal_maillink_history                     302 302 302 403 403 403 200 200
admin:portal_regionrole_changelist                302 302 302 200 200 200 200 200
admin:portal_regionrole_add                       302 302 302 403 403 403 403 403
admin:portal_regionrole_change                    302 302 302 200 404 200 200 200
admin:portal_regionrole_history                   302 302 302 200 404 200 200 200
admin:portal_programmerole_changelist             302 302 302 403 403 403 200 200
admin:portal_programmerole_add                    302 302 302 403 403 403 403 403
admin:portal_programmerole_change                 302 302 302 403 403 403 200 200
admin:portal_programmerole_history                302 302 302 403 403 403 200 200
admin:portal_stafftask_changelist                 302 302 302 200 200 200 200 200
admin:portal_stafftask_add                        302 302 302 403 403 403 403 403
admin:portal_stafftask_change                     302 302 302 200 404 404 404 404
admin:portal_stafftask_history                    302 302 302 200 404 404 404 404
admin:portal_stafftask_finish                     302 302 302 200 404 404 404 404
admin:vouchers_application_changelist             302 302 302 200 200 200 200 200
admin:vouchers_application_add                    302 302 302 403 403 403 403 403
admin:vouchers_award_changelist                   302 302 302 200 200 200 200 200
admin:vouchers_award_add                          302 302 302 403 403 403 403 403
admin:vouchers_claim_changelist                   302 302 302 200 200 200 200 200
admin:vouchers_claim_add                          302 302 302 403 403 403 403 403
admin:vouchers_paymentbatch_changelist            302 302 302 200 200 200 200 200
admin:vouchers_paymentbatch_add                   302 302 302 403 403 403 403 403
admin:vouchers_paymentbatch_change                302 302 302 200 404 200 200 200
admin:vouchers_paymentbatch_history               302 302 302 200 404 200 200 200
admin:vouchers_paymentbatch_new                   302 302 302 200 200 200 200 200
admin:vouchers_paymentbatch_file                  302 302 302 200 404 200 200 200
admin:vouchers_paymentbatch_refuse                302 302 302 403 404 200 403 403
admin:vouchers_pot_changelist                     302 302 302 200 200 200 200 200
admin:vouchers_pot_add                            302 302 302 403 403 403 403 403
admin:vouchers_pot_change                         302 302 302 200 404 200 200 200
admin:vouchers_pot_history                        302 302 302 200 404 200 200 200
admin:vouchers_vouchertype_changelist             302 302 302 200 200 200 200 200
admin:vouchers_vouchertype_add                    302 302 302 403 403 403 200 403
admin:vouchers_vouchertype_change                 302 302 302 200 200 200 200 200
admin:vouchers_vouchertype_history                302 302 302 200 200 200 200 200
admin:vouchers_call_changelist                    302 302 302 200 200 200 200 200
admin:vouchers_call_add                           302 302 302 403 403 403 200 403
admin:vouchers_call_change                        302 302 302 200 200 200 200 200
admin:vouchers_call_history                       302 302 302 200 200 200 200 200
admin:vouchers_textblock_changelist               302 302 302 403 403 403 200 200
admin:vouchers_textblock_add                      302 302 302 403 403 403 200 403
admin:vouchers_textblock_change                   302 302 302 403 403 403 200 200
admin:vouchers_textblock_history                  302 302 302 403 403 403 200 200
admin:vouchers_questionset_changelist             302 302 302 200 200 200 200 200
admin:vouchers_questionset_add                    302 302 302 403 403 403 200 403
admin:vouchers_call_ask                           302 302 302 403 403 403 200 403
admin:vouchers_call_preview                       302 302 302 200 200 200 200 200
admin:vouchers_callchange_add                     302 302 302 403 403 403 403 403
admin:vouchers_callchange_change                  302 302 302 403 403 403 200 200
admin:vouchers_callchange_changelist              302 302 302 403 403 403 200 200
admin:vouchers_callchange_history                 302 302 302 403 403 403 200 200
admin:vouchers_questionset_preview                302 302 302 200 200 200 200 200
admin:vouchers_questionset_change                 302 302 302 200 200 200 200 200
admin:vouchers_questionset_history                302 302 302 200 200 200 200 200
admin:vouchers_appeal_changelist                  302 302 302 200 200 200 200 200
admin:vouchers_appeal_add                         302 302 302 403 403 403 403 403
admin:vouchers_appeal_change                      302 302 302 200 404 404 200 200
admin:vouchers_appeal_history                     302 302 302 200 404 404 200 200
admin:vouchers_appeal_dismiss                     302 302 302 403 404 404 200 403
admin:vouchers_appeal_uphold                      302 302 302 403 404 404 200 403
admin:vouchers_extension_changelist               302 302 302 200 200 200 200 200
admin:vouchers_extension_add                      302 302 302 403 403 403 403 403
admin:vouchers_extension_change                   302 302 302 200 404 404 200 200
admin:vouchers_extension_history                  302 302 302 200 404 404 200 200
admin:vouchers_extension_give                     302 302 302 200 200 403 403 403
admin:vouchers_extension_agree                    302 302 302 403 404 404 200 403
admin:vouchers_extension_refuse                   302 302 302 403 404 404 200 403
admin:vouchers_absence_changelist                 302 302 302 200 200 200 200 200
admin:vouchers_absence_add                        302 302 302 403 403 403 403 403
admin:vouchers_absence_change                     302 302 302 200 404 200 200 200
admin:vouchers_absence_history                    302 302 302 200 404 200 200 200
admin:vouchers_absence_enter                      302 302 302 200 200 403 403 403
admin:vouchers_absence_end                        302 302 302 200 404 403 200 403
admin:vouchers_refusedcheck_changelist            302 302 302 200 200 200 200 200
admin:vouchers_refusedcheck_add                   302 302 302 403 403 403 403 403
admin:vouchers_refusedcheck_change                302 302 302 200 404 404 200 200
admin:vouchers_refusedcheck_history               302 302 302 200 404 404 200 200
admin:vouchers_retentionperiod_changelist         302 302 302 403 403 403 200 200
admin:vouchers_retentionperiod_add                302 302 302 403 403 403 403 403
admin:vouchers_retentionperiod_change             302 302 302 403 403 403 200 200
admin:vouchers_retentionperiod_history            302 302 302 403 403 403 200 200
admin:vouchers_retentionperiod_period             302 302 302 403 403 403 200 403
admin:brokers_enquiry_changelist                  302 302 302 200 200 200 200 200
admin:brokers_enquiry_add                         302 302 302 403 403 403 403 403
admin:brokers_enquiry_change                      302 302 302 200 404 404 200 200
admin:brokers_enquiry_history                     302 302 302 200 404 404 200 200
admin:catalogue_record_changelist                 302 302 302 200 200 200 200 200
admin:catalogue_record_add                        302 302 302 403 403 403 403 403
admin:catalogue_record_change                     302 302 302 200 404 200 200 200
admin:catalogue_record_history                    302 302 302 200 404 200 200 200
admin:catalogue_revision_changelist               302 302 302 200 200 200 200 200
admin:catalogue_revision_add                      302 302 302 403 403 403 403 403
admin:catalogue_revision_change                   302 302 302 200 404 404 200 200
admin:catalogue_revision_history                  302 302 302 200 404 404 200 200
admin:catalogue_providerrequest_changelist        302 302 302 200 200 200 200 200
admin:catalogue_providerrequest_add               302 302 302 403 403 403 403 403
admin:catalogue_providerrequest_change            302 302 302 200 404 404 200 200
admin:catalogue_providerrequest_history           302 302 302 200 404 404 200 200
admin:catalogue_provider_changelist               302 302 302 200 200 200 200 200
admin:catalogue_provider_add                      302 302 302 403 403 403 403 403
admin:catalogue_provider_change                   302 302 302 200 404 200 200 200
admin:catalogue_provider_history                  302 302 302 200 404 200 200 200
admin:catalogue_accessrules_changelist            302 302 302 200 200 200 200 200
admin:catalogue_accessrules_add                   302 302 302 403 403 403 403 403
admin:catalogue_accessrules_change                302 302 302 200 200 200 200 200
admin:catalogue_accessrules_history               302 302 302 200 200 200 200 200
admin:catalogue_competence_changelist             302 302 302 200 200 200 200 200
admin:catalogue_competence_add                    302 302 302 403 403 403 403 403
admin:catalogue_competence_change                 302 302 302 200 200 200 200 200
admin:catalogue_competence_history                302 302 302 200 200 200 200 200
admin:portal_regionrole_invite                    302 302 302 403 403 403 200 403
admin:vouchers_pot_allocate                       302 302 302 403 403 403 200 403
admin:portal_programmerole_invite                 302 302 302 403 403 403 200 403
admin:catalogue_provider_invite_new               302 302 302 200 200 403 200 403
admin:catalogue_accessrules_publish               302 302 302 403 403 403 200 403
admin:portal_regionrole_end                       302 302 302 403 404 403 200 403
admin:portal_programmerole_end                    302 302 302 403 403 403 200 403
admin:portal_document_download                    302 302 302 403 403 403 200 200
admin:vouchers_call_copy                          302 302 302 403 403 403 200 403
admin:vouchers_conflictofinterest_changelist      302 302 302 200 200 200 200 200
admin:vouchers_conflictofinterest_change          302 302 302 200 404 404 200 200
admin:vouchers_conflictofinterest_clear           302 302 302 200 404 404 200 403
admin:vouchers_conflictofinterest_confirm         302 302 302 200 404 404 200 403
admin:vouchers_conflictofinterest_add             302 302 302 403 403 403 403 403
admin:vouchers_conflictofinterest_history         302 302 302 200 404 404 200 200
admin:vouchers_conflictofinterest_report          302 302 302 403 403 403 200 200
admin:brokers_enquiry_answer                      302 302 302 200 404 404 403 403
admin:brokers_enquiry_close                       302 302 302 200 404 404 403 403
admin:catalogue_record_hide                       302 302 302 200 404 403 200 403
admin:catalogue_revision_return                   302 302 302 200 404 404 200 403
admin:catalogue_providerrequest_accept            302 302 302 200 404 404 200 403
admin:catalogue_providerrequest_refuse            302 302 302 200 404 404 200 403
admin:catalogue_provider_invite                   302 302 302 200 404 403 200 403
admin:app_list portal                             302 302 302 200 200 200 200 200
admin:app_list vouchers                           302 302 302 200 200 200 200 200
admin:app_list brokers                            302 302 302 200 200 200 200 200
admin:app_list catalogue                          302 302 302 200 200 200 200 200
"""
# Nobody, SME, other SME, home, host and third region's broker, finance, manager, auditor, assessor.
CASES = """
application [assessed]                            302 200 404 403 404 404 403 403 403 403
application [draft]                               302 200 404 404 404 404 404 404 404 404
application_check [draft]                         302 200 404 404 404 404 404 404 404 404
application_receipt [draft]                       302 404 404 404 404 404 404 404 404 404
application_withdraw [draft]                      302 200 404 404 404 404 404 404 404 404
application_reopen [draft]                        302 302 404 404 404 404 404 404 404 404
application_discard [draft]                       302 200 404 404 404 404 404 404 404 404
application_copy [draft]                          302 200 404 404 404 404 404 404 404 404
application_text [draft]                          302 200 404 404 404 404 404 404 404 404
application_hosts [draft]                         302 200 404 404 404 404 404 404 404 404
application_consent [draft]                       302 302 404 404 404 404 404 404 404 404
application_people [draft]                        302 200 404 404 404 404 404 404 404 404
application_section [draft] organisation          302 200 404 404 404 404 404 404 404 404
application_section [draft] about                 302 200 404 404 404 404 404 404 404 404
application_file [draft]                          302 200 404 404 404 404 404 404 404 404
application [submitted]                           302 200 404 403 404 404 403 403 403 404
application_check [submitted]                     302 302 404 403 404 404 403 403 403 404
application_receipt [submitted]                   302 200 404 403 404 404 403 403 403 404
application_withdraw [submitted]                  302 200 404 403 404 404 403 403 403 404
application_reopen [submitted]                    302 302 404 403 404 404 403 403 403 404
application_discard [submitted]                   302 302 404 403 404 404 403 403 403 404
application_copy [submitted]                      302 200 404 403 404 404 403 403 403 404
application_text [submitted]                      302 200 404 403 404 404 403 403 403 404
application_hosts [submitted]                     302 302 404 403 404 404 403 403 403 404
application_consent [submitted]                   302 302 404 403 404 404 403 403 403 404
application_people [submitted]                    302 200 404 403 404 404 403 403 403 404
application_section [submitted] organisation      302 302 404 403 404 404 403 403 403 404
application_section [submitted] about             302 302 404 403 404 404 403 403 403 404
application_file [submitted]                      302 200 404 200 404 404 200 200 200 404
application [signed]                              302 200 404 403 403 404 403 403 403 404
application_check [signed]                        302 302 404 403 403 404 403 403 403 404
application_receipt [signed]                      302 200 404 403 403 404 403 403 403 404
application_withdraw [signed]                     302 200 404 403 403 404 403 403 403 404
application_reopen [signed]                       302 302 404 403 403 404 403 403 403 404
application_discard [signed]                      302 302 404 403 403 404 403 403 403 404
application_copy [signed]                         302 200 404 403 403 404 403 403 403 404
application_text [signed]                         302 200 404 403 403 404 403 403 403 404
application_hosts [signed]                        302 302 404 403 403 404 403 403 403 404
application_consent [signed]                      302 302 404 403 403 404 403 403 403 404
application_people [signed]                       302 200 404 403 403 404 403 403 403 404
application_section [signed] organisation         302 302 404 403 403 404 403 403 403 404
application_section [signed] about                302 302 404 403 403 404 403 403 403 404
application_file [signed]                         302 200 404 200 200 404 200 200 200 404
application [held]                                302 200 404 403 403 404 403 403 403 404
application_check [held]                          302 302 404 403 403 404 403 403 403 404
application_receipt [held]                        302 200 404 403 403 404 403 403 403 404
application_withdraw [held]                       302 200 404 403 403 404 403 403 403 404
application_reopen [held]                         302 302 404 403 403 404 403 403 403 404
application_discard [held]                        302 302 404 403 403 404 403 403 403 404
application_copy [held]                           302 200 404 403 403 404 403 403 403 404
application_text [held]                           302 200 404 403 403 404 403 403 403 404
application_hosts [held]                          302 302 404 403 403 404 403 403 403 404
application_consent [held]                        302 302 404 403 403 404 403 403 403 404
application_people [held]                         302 200 404 403 403 404 403 403 403 404
application_section [held] organisation           302 302 404 403 403 404 403 403 403 404
application_section [held] about                  302 302 404 403 403 404 403 403 403 404
application_file [held]                           302 200 404 200 200 404 200 200 200 404
award [held]                                      302 404 404 403 403 404 403 403 403 404
award_decline [held]                              302 404 404 403 403 404 403 403 403 404
award_letter [held]                               302 404 404 404 403 404 404 404 404 404
award_agreement [held]                            302 404 404 404 403 404 404 404 404 404
award_agreement_file [held]                       302 404 404 403 403 404 403 403 403 404
award_changes [held]                              302 404 404 403 403 404 403 403 403 404
claim [held]                                      302 404 404 403 403 404 403 403 403 404
claim_report [held]                               302 404 404 403 403 404 403 403 403 404
claim_account [held]                              302 404 404 403 403 404 403 403 403 404
claim_vat [held]                                  302 404 404 403 403 404 403 403 403 404
claim_receipt_new [held]                          302 404 404 403 403 404 403 403 403 404
claim_check [held]                                302 404 404 403 403 404 403 403 403 404
claim_advice [held]                               302 404 404 404 404 404 404 404 404 404
award [offered]                                   302 200 404 403 403 404 403 403 403 404
award_decline [offered]                           302 200 404 403 403 404 403 403 403 404
award_letter [offered]                            302 200 404 200 403 404 200 200 200 404
award_agreement [offered]                         302 200 404 200 403 404 200 200 200 404
award_agreement_file [offered]                    302 302 404 403 403 404 403 403 403 404
award_changes [offered]                           302 200 404 403 403 404 403 403 403 404
claim [offered]                                   302 302 404 403 403 404 403 403 403 404
claim_report [offered]                            302 302 404 403 403 404 403 403 403 404
claim_account [offered]                           302 302 404 403 403 404 403 403 403 404
claim_vat [offered]                               302 404 404 403 403 404 403 403 403 404
claim_receipt_new [offered]                       302 302 404 403 403 404 403 403 403 404
claim_check [offered]                             302 302 404 403 403 404 403 403 403 404
claim_advice [offered]                            302 404 404 404 404 404 404 404 404 404
award [paid]                                      302 200 404 403 403 404 403 403 403 404
award_decline [paid]                              302 302 404 403 403 404 403 403 403 404
award_letter [paid]                               302 200 404 200 403 404 200 200 200 404
award_agreement [paid]                            302 404 404 404 403 404 404 404 404 404
award_agreement_file [paid]                       302 404 404 403 403 404 403 403 403 404
award_changes [paid]                              302 200 404 403 403 404 403 403 403 404
claim [paid]                                      302 200 404 403 403 404 403 403 403 404
claim_report [paid]                               302 302 404 403 403 404 403 403 403 404
claim_account [paid]                              302 302 404 403 403 404 403 403 403 404
claim_vat [paid]                                  302 302 404 403 403 404 403 403 403 404
claim_receipt_new [paid]                          302 302 404 403 403 404 403 403 403 404
claim_check [paid]                                302 302 404 403 403 404 403 403 403 404
claim_advice [paid]                               302 200 404 200 404 404 200 200 200 404
claim_receipt [written]                           302 200 404 403 403 404 403 403 403 404
claim_receipt_remove [written]                    302 200 404 403 403 404 403 403 403 404
claim_receipt_answer [written]                    302 302 404 403 403 404 403 403 403 404
claim_file [written]                              302 200 404 404 404 404 404 404 404 404
claim_receipt [filed]                             302 302 404 403 403 404 403 403 403 404
claim_receipt_remove [filed]                      302 302 404 403 403 404 403 403 403 404
claim_receipt_answer [filed]                      302 302 404 403 403 404 403 403 403 404
claim_file [filed]                                302 200 404 200 404 404 200 200 200 404
claim_receipt [paid]                              302 302 404 403 403 404 403 403 403 404
claim_receipt_remove [paid]                       302 302 404 403 403 404 403 403 403 404
claim_receipt_answer [paid]                       302 302 404 403 403 404 403 403 403 404
claim_file [paid]                                 302 200 404 200 404 404 200 200 200 404
admin:vouchers_application_change [draft]         302 302 302 404 404 404 404 404 404 404
admin:vouchers_application_suggestions [draft]    302 302 302 404 404 404 404 404 404 404
admin:vouchers_application_suggestions [submitted]  302 302 302 200 404 404 403 200 403 404
admin:vouchers_application_suggestions [signed]   302 302 302 200 403 404 403 200 403 404
admin:vouchers_application_suggestions [assessed]  302 302 302 200 404 404 403 200 403 403
admin:vouchers_application_suggestions [held]     302 302 302 200 403 404 403 200 403 404
admin:vouchers_application_suggestions [paid]     302 302 302 200 403 404 403 200 403 404
admin:vouchers_application_undertaking [draft]   302 302 302 404 404 404 404 404 404 404
admin:vouchers_application_undertaking [submitted]  302 302 302 200 404 404 403 200 403 404
admin:vouchers_application_undertaking [signed]  302 302 302 200 403 404 403 200 403 404
admin:vouchers_application_undertaking [assessed]  302 302 302 200 404 404 403 200 403 403
admin:vouchers_application_undertaking [held]    302 302 302 200 403 404 403 200 403 404
admin:vouchers_application_undertaking [paid]    302 302 302 200 403 404 403 200 403 404
admin:vouchers_application_next [draft]           302 302 302 404 404 404 404 404 404 404
admin:vouchers_application_next [submitted]       302 302 302 302 404 404 302 302 302 404
admin:vouchers_application_next [signed]          302 302 302 302 302 404 302 302 302 404
admin:vouchers_application_next [assessed]        302 302 302 302 404 404 302 302 302 302
admin:vouchers_application_next [held]            302 302 302 302 302 404 302 302 302 404
admin:vouchers_application_next [paid]            302 302 302 302 302 404 302 302 302 404
admin:vouchers_application_copy [draft]           302 302 302 404 404 404 404 404 404 404
admin:vouchers_application_history [draft]        302 302 302 404 404 404 404 404 404 404
admin:vouchers_application_file [draft]           302 302 302 404 404 404 404 404 404 404
admin:vouchers_application_change [submitted]     302 302 302 200 404 404 200 200 200 404
admin:vouchers_application_copy [submitted]       302 302 302 200 404 404 200 200 200 404
admin:vouchers_application_history [submitted]    302 302 302 200 404 404 200 200 200 404
admin:vouchers_application_file [submitted]       302 302 302 200 404 404 200 200 200 404
admin:vouchers_application_change [signed]        302 302 302 200 200 404 200 200 200 404
admin:vouchers_application_copy [signed]          302 302 302 200 404 404 200 200 200 404
admin:vouchers_application_history [signed]       302 302 302 200 200 404 200 200 200 404
admin:vouchers_application_file [signed]          302 302 302 200 200 404 200 200 200 404
admin:vouchers_application_change [assessed]      302 302 302 200 404 404 200 200 200 200
admin:vouchers_application_copy [assessed]        302 302 302 200 404 404 200 200 200 404
admin:vouchers_application_history [assessed]     302 302 302 200 404 404 200 200 200 200
admin:vouchers_application_file [assessed]        302 302 302 200 404 404 200 200 200 200
admin:vouchers_application_change [held]          302 302 302 200 200 404 200 200 200 404
admin:vouchers_application_letter [held]          302 302 302 200 403 404 403 200 403 404
admin:vouchers_application_copy [held]            302 302 302 200 404 404 200 200 200 404
admin:vouchers_application_history [held]         302 302 302 200 200 404 200 200 200 404
admin:vouchers_application_file [held]            302 302 302 200 200 404 200 200 200 404
admin:vouchers_application_change [paid]          302 302 302 200 200 404 200 200 200 404
admin:vouchers_application_copy [paid]            302 302 302 200 404 404 200 200 200 404
admin:vouchers_application_conflict [draft]       302 302 302 404 404 404 404 404 404 404
admin:vouchers_application_conflict [submitted]   302 302 302 200 404 404 200 200 200 404
admin:vouchers_application_conflict [signed]      302 302 302 200 200 404 200 200 200 404
admin:vouchers_application_conflict [assessed]    302 302 302 200 404 404 200 200 200 200
admin:vouchers_application_conflict [held]        302 302 302 200 200 404 200 200 200 404
admin:vouchers_application_conflict [paid]        302 302 302 200 200 404 200 200 200 404
admin:vouchers_application_history [paid]         302 302 302 200 200 404 200 200 200 404
admin:vouchers_award_change [held]                302 302 302 200 200 404 200 200 200 404
admin:vouchers_award_history [held]               302 302 302 200 200 404 200 200 200 404
admin:vouchers_award_letter [held]                302 302 302 404 404 404 404 404 404 404
admin:vouchers_award_agreement [held]             302 302 302 404 404 404 404 404 404 404
admin:vouchers_award_change [offered]             302 302 302 200 200 404 200 200 200 404
admin:vouchers_award_history [offered]            302 302 302 200 200 404 200 200 200 404
admin:vouchers_award_letter [offered]             302 302 302 200 404 404 200 200 200 404
admin:vouchers_award_agreement [offered]          302 302 302 200 404 404 200 200 200 404
admin:vouchers_award_change [paid]                302 302 302 200 200 404 200 200 200 404
admin:vouchers_award_history [paid]               302 302 302 200 200 404 200 200 200 404
admin:vouchers_award_letter [paid]                302 302 302 200 404 404 200 200 200 404
admin:vouchers_award_agreement [paid]             302 302 302 404 404 404 404 404 404 404
admin:vouchers_award_file [held]                  302 302 302 200 403 404 403 200 200 404
admin:vouchers_award_file [offered]               302 302 302 200 403 404 403 200 200 404
admin:vouchers_award_file [paid]                  302 302 302 200 403 404 403 200 200 404
admin:vouchers_claim_change [filed]               302 302 302 200 404 404 200 200 200 404
admin:vouchers_claim_history [filed]              302 302 302 200 404 404 200 200 200 404
admin:vouchers_claim_file [filed]                 302 302 302 200 404 404 200 200 200 404
admin:vouchers_claim_change [paid]                302 302 302 200 404 404 200 200 200 404
admin:vouchers_claim_history [paid]               302 302 302 200 404 404 200 200 200 404
admin:vouchers_claim_file [paid]                  302 302 302 200 404 404 200 200 200 404
"""
