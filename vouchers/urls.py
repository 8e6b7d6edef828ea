"""Addresses of calls and applications."""

from django.urls import path

from vouchers.views import (
    agreements,
    appeals,
    applicant,
    award_changes,
    awards,
    broker_drafts,
    claims,
    consents,
    drafting,
    people,
    profile_group,
    profiles,
    public,
    receipts,
    self_check,
    starting,
)

APPLICATION = "applications/<slug:address>/"

PROFILE = "accounts/organisations/<int:pk>/profile/"

urlpatterns = [
    path(PROFILE, profiles.overview, name="profile_overview"),
    path(f"{PROFILE}group/", profile_group.group, name="profile_group"),
    path(f"{PROFILE}group/new/", profile_group.party, name="profile_party_new"),
    path(f"{PROFILE}group/share/", profile_group.stake, name="profile_stake"),
    path(f"{PROFILE}group/remove/", profile_group.remove, name="profile_remove"),
    path(f"{PROFILE}group/<slug:key>/", profile_group.party, name="profile_party"),
    path(f"{PROFILE}confirm/", profiles.confirm, name="profile_confirm"),
    path(f"{PROFILE}declaration.pdf", profiles.declaration, name="profile_declaration"),
    path(f"{PROFILE}<slug:name>/", profiles.step, name="profile_step"),
    path("check/", self_check.self_check, name="self_check"),
    path("calls/", public.calls, name="calls"),
    path("calls/<slug:slug>/", public.call, name="call"),
    path("calls/<slug:slug>/<slug:voucher_type>/", public.rules, name="voucher_rules"),
    path(
        "provider/consent/given/<str:token>/",
        consents.partner_consent_given,
        name="partner_consent_given",
    ),
    path("provider/consent/<str:token>/", consents.partner_consent, name="partner_consent"),
    path(
        "provider/agreement/done/<str:token>/",
        agreements.provider_agreement_done,
        name="provider_agreement_done",
    ),
    path(
        "provider/agreement/<str:token>/", agreements.provider_agreement, name="provider_agreement"
    ),
    path("applications/", applicant.index, name="applications"),
    path("applications/invitation/<str:token>/", people.invitation, name="application_invitation"),
    path("applications/for-a-firm/", broker_drafts.begin, name="application_begin_for"),
    path("applications/start/", starting.start, name="application_start"),
    path(
        "applications/new/<slug:call_slug>/<slug:voucher_type>/",
        starting.new,
        name="application_new",
    ),
    path(APPLICATION, applicant.application, name="application"),
    path(f"{APPLICATION}check/", applicant.check, name="application_check"),
    path(f"{APPLICATION}receipt/", applicant.receipt, name="application_receipt"),
    path(f"{APPLICATION}withdraw/", applicant.withdraw, name="application_withdraw"),
    path(f"{APPLICATION}reopen/", applicant.reopen, name="application_reopen"),
    path(f"{APPLICATION}discard/", applicant.discard, name="application_discard"),
    path(f"{APPLICATION}files/<int:pk>/", applicant.file, name="application_file"),
    path(f"{APPLICATION}copy.pdf", applicant.copy_pdf, name="application_copy"),
    path(f"{APPLICATION}copy.txt", applicant.copy_text, name="application_text"),
    path(f"{APPLICATION}unsent.txt", applicant.unsent_text, name="application_unsent"),
    path(f"{APPLICATION}appeal/", appeals.appeal, name="application_appeal"),
    path(f"{APPLICATION}appeal/<int:pk>/", appeals.document, name="application_appeal_file"),
    path(f"{APPLICATION}hosts/", starting.hosts, name="application_hosts"),
    path(f"{APPLICATION}consent/", consents.ask, name="application_consent"),
    path(f"{APPLICATION}people/", people.people, name="application_people"),
    path(f"{APPLICATION}award/", awards.award, name="award"),
    path(f"{APPLICATION}award/decline/", awards.decline, name="award_decline"),
    path(f"{APPLICATION}award/letter.pdf", awards.letter, name="award_letter"),
    path(f"{APPLICATION}award/agreement.pdf", agreements.agreement_pdf, name="award_agreement"),
    path(f"{APPLICATION}award/agreement/", agreements.file_paper, name="award_agreement_file"),
    path(
        f"{APPLICATION}award/agreement/paper/",
        agreements.agreement_paper,
        name="award_agreement_paper",
    ),
    path(f"{APPLICATION}award/changes/", award_changes.changes, name="award_changes"),
    path(
        f"{APPLICATION}award/changes/<int:pk>/proof/",
        award_changes.proof,
        name="award_change_proof",
    ),
    path(
        f"{APPLICATION}award/changes/<int:pk>/appendix.pdf",
        award_changes.appendix,
        name="award_change_appendix",
    ),
    path(f"{APPLICATION}claim/", claims.claim, name="claim"),
    path(f"{APPLICATION}claim/report/", claims.report, name="claim_report"),
    path(f"{APPLICATION}claim/account/", claims.account, name="claim_account"),
    path(f"{APPLICATION}claim/vat/", claims.vat, name="claim_vat"),
    path(f"{APPLICATION}claim/receipts/new/", receipts.new, name="claim_receipt_new"),
    path(f"{APPLICATION}claim/receipts/<int:pk>/", receipts.edit, name="claim_receipt"),
    path(
        f"{APPLICATION}claim/receipts/<int:pk>/remove/",
        receipts.remove,
        name="claim_receipt_remove",
    ),
    path(
        f"{APPLICATION}claim/receipts/<int:pk>/answer/",
        receipts.answer,
        name="claim_receipt_answer",
    ),
    path(f"{APPLICATION}claim/check/", claims.check, name="claim_check"),
    path(f"{APPLICATION}claim/files/<int:pk>/", claims.claim_file, name="claim_file"),
    path(f"{APPLICATION}claim/advice.pdf", claims.advice, name="claim_advice"),
    # Last: every other word after the number is a part of the form.
    path(f"{APPLICATION}<slug:code>/", drafting.section, name="application_section"),
]
