"""What letters say: kinds, titles and frozen facts of the vouchers' documents.

Every builder freezes plain data (amounts, days, instants, words in the reader's language): a letter
is drawn later, from its facts alone.
"""

from portal.documents import register
from vouchers.documents.agreement import (
    agreement_facts,
    agreement_title,
    signed_agreement_facts,
)
from vouchers.documents.appendix import appendix_facts, appendix_title
from vouchers.documents.application_copy import application_copy_facts, application_copy_title
from vouchers.documents.award_letter import award_letter_facts, award_letter_title
from vouchers.documents.draft_copy import (
    TEMPLATE,
    draft_copy_facts,
    draft_copy_pdf,
    draft_copy_title,
)
from vouchers.documents.payment_advice import (
    advices_of,
    payment_advice_facts,
    payment_advice_title,
)
from vouchers.documents.sme_declaration import sme_declaration_facts, sme_declaration_title

AGREEMENT = register("agreement", "vouchers/pdf/agreement.html")
APPENDIX = register("appendix", "vouchers/pdf/appendix.html")
APPLICATION_COPY = register("application_copy", "vouchers/pdf/application_copy.html")
AWARD_LETTER = register("award_letter", "vouchers/pdf/award_letter.html")
DRAFT_COPY = register("draft_copy", TEMPLATE)
PAYMENT_ADVICE = register("payment_advice", "vouchers/pdf/payment_advice.html")
SME_DECLARATION = register("sme_declaration", "vouchers/pdf/sme_declaration.html")

__all__ = [
    "AGREEMENT",
    "APPENDIX",
    "APPLICATION_COPY",
    "AWARD_LETTER",
    "DRAFT_COPY",
    "PAYMENT_ADVICE",
    "SME_DECLARATION",
    "advices_of",
    "agreement_facts",
    "agreement_title",
    "appendix_facts",
    "appendix_title",
    "application_copy_facts",
    "application_copy_title",
    "award_letter_facts",
    "award_letter_title",
    "draft_copy_facts",
    "draft_copy_pdf",
    "draft_copy_title",
    "payment_advice_facts",
    "payment_advice_title",
    "signed_agreement_facts",
    "sme_declaration_facts",
    "sme_declaration_title",
]
