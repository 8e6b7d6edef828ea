"""Sample facts of letters, as the builders freeze them."""

from typing import Any

FRAME = {
    "frame": {
        "programme": "Life Sciences Vouchers",
        "issuer": "Access Broker, East Netherlands",
        "funders": "Interreg North-West Europe and eight regions",
        "funding_statement": "Co-funded by the European Union",
        "funding_number": "NWE 0226G",
        "emblem": "img/emblem-eu.svg",
        "time_zone": "Europe/Brussels",
        "verify_url": "https://vouchers.example.org/verify/",
        "is_demo": True,
    }
}
SME: dict[str, Any] = {
    "sme_name": "Voorbeeld Implants BV",
    "sme_address": ["Voorbeeldstraat 1", "0000 AA Voorbeeld", "Netherlands"],
    "voucher_label": "Collaboration",
    "voucher_kind": "collaboration",
    "title_of_project": "Wear test for a titanium wrist implant",
    "home_region": "East Netherlands",
}
COSTS: dict[str, Any] = {
    "cost_lines": [
        {
            "description": "Wear test, six implants",
            "kind": "Service of the partner",
            "amount": "5600.00",
            "vat": "1176.00",
        },
        {
            "description": "Surface imaging",
            "kind": "Access to a facility",
            "amount": "1900.00",
            "vat": "399.00",
        },
        {"description": "Two visits to Liège", "kind": "Travel", "amount": "700.00", "vat": "0.00"},
    ],
    "cost_totals": [
        {"label": "Eligible costs without VAT", "amount": "8200.00"},
        {"label": "The voucher pays", "amount": "7000.00"},
        {"label": "Your own share", "amount": "1200.00"},
        {"label": "VAT, which you pay too", "amount": "1575.00"},
        {"label": "You pay", "amount": "2775.00"},
    ],
}
AWARD_LETTER = {
    **FRAME,
    **SME,
    **COSTS,
    "award_number": "LSV-4-ENL-0022-A",
    "application_number": "LSV-4-ENL-0022",
    "call": "Call 4",
    "decided_at": "2014-04-24T15:47:02+02:00",
    "amount": "7000.00",
    "amount_rule": "a fixed amount on an accepted report",
    "host_region": "Wallonia",
    "provider_name": "Laboratoire Exemple de Tribologie, Liège",
    "start_on": "2014-06-01",
    "end_on": "2014-11-30",
    "claim_by": "2014-12-31T17:00:00+01:00",
    "validity_months": 6,
    "claim_days": 30,
    "accept_by": "2014-05-08T17:00:00+02:00",
    "appeal_by": "2014-05-12",
    "purpose": (
        "You want to know how the coating of your wrist implant wears over ten years of use. The "
        "partner tests six implants over five million cycles and images their surface (β-titanium, "
        "Ra ≤ 0.05 µm, under CO₂)."
    ),
    "duties": [
        "Do the work described in your application with the named partner.",
        "Send a one-page report, the partner's invoice and proof of payment with your claim.",
        "Say in public texts about the project that the programme supported it, with its emblem.",
        "Keep the documents for ten years from the day the aid is granted.",
        "Pay the money back if what you declared is not true or the work is not done.",
    ],
    "aid": {
        "gross_grant_equivalent": "7000.00",
        "legal_act": (
            "Commission Regulation (EU) No 1407/2013 of 18 December 2013 on the application of "
            "Articles 107 and 108 of the Treaty on the Functioning of the European Union to de "
            "minimis aid (OJ L 352, 24.12.2013, p. 1)"
        ),
        "kind": "de minimis aid",
        "granting_sentence": "The aid is granted on the day you accept.",
        "member_state": "Netherlands",
        "since": "2012-01-01",
        "history": [
            {
                "granted_on": "2012-09-03",
                "authority": "RVO",
                "source": "You declared it",
                "amount": "10000.00",
            },
            {
                "granted_on": "2013-02-11",
                "authority": "Life Sciences Vouchers",
                "source": "Meet & Greet LSV-2-ENL-0004",
                "amount": "487.50",
            },
        ],
        "total": "17487.50",
        "ceiling": "200000.00",
        "left": "182512.50",
    },
    "signatures": [
        {
            "name": "B. Voorbeeld",
            "role": "Access Broker, East Netherlands",
            "signed_at": "2014-04-24T10:12:40+02:00",
        },
        {
            "name": "C. Exemple",
            "role": "Access Broker, Wallonia",
            "signed_at": "2014-04-24T15:47:02+02:00",
        },
    ],
}
_LONG = (
    "We develop a wrist implant with a new titanium coating. Surgeons ask how it wears over ten "
    "years; our own bench stops at one million cycles.\n\nThe partner runs five million cycles in "
    "bovine serum at 37 °C and images the surface at every million. "
) * 3
APPLICATION_COPY = {
    **FRAME,
    **SME,
    **COSTS,
    "application_number": "LSV-4-ENL-0022",
    "call": "Call 4",
    "submitted_at": "2014-04-02T11:20:31+02:00",
    "submitted_by": "A. Voorbeeld",
    "application_hash": "9f2c4a" + "0b7e" * 14 + "c1",
    "hosts": [
        {
            "name": "Laboratoire Exemple de Tribologie",
            "region": "Wallonia",
            "contact": "tribologie@example.org",
        },
    ],
    "sections": [
        {
            "title": title,
            "answers": [
                {"question": f"{title}: what is the {word}?", "answer": _LONG}
                for word in ("need", "method", "result")
            ],
        }
        for title in ("Your firm", "Your project", "The partner's part")
    ],
    "declarations": [
        "What we have written is complete and true.",
        "We are a small or medium-sized enterprise.",
        "We have named all de minimis aid of the last three fiscal years.",
    ],
}
DRAFT_COPY = {
    **{key: APPLICATION_COPY[key] for key in (*FRAME, *SME, "call", "sections")},
    "written_until": "2014-04-02T11:20:31+02:00",
    "hosts": [],
    "consents": [],
    "cost_lines": [],
    "cost_totals": COSTS["cost_totals"][:2],
    "typed": [{"title": "Costs", "answers": [{"question": "amount", "answer": "12,5,0"}]}],
}
PAYMENT_ADVICE = {
    **FRAME,
    **SME,
    "claim_number": "LSV-4-ENL-0022-A-C1",
    "award_number": "LSV-4-ENL-0022-A",
    "award_amount": "7000.00",
    "amount_paid": "6512.40",
    "payee_name": "Voorbeeld Implants BV",
    "payee_account": "NL•• •••• •••• •••• 4300",
    "paid_on": "2015-01-19",
    "payment_reference": "LSV 0022 C1",
    "claim_lines": [
        {
            "receipt": "F-2014-118",
            "date": "2014-11-20",
            "supplier": "Laboratoire Exemple",
            "decision": "Accepted",
            "claimed": "7500.00",
            "accepted": "7500.00",
        },
        {
            "receipt": "H-77",
            "date": "2014-11-21",
            "supplier": "Hôtel Exemple",
            "decision": "Refused: the minibar is not an eligible cost",
            "claimed": "12.40",
            "accepted": "0.00",
        },
    ],
    "totals": [
        {"label": "Eligible costs", "amount": "7500.00"},
        {"label": "Paid", "amount": "6512.40"},
    ],
    "returned": "487.60",
    "next_step": "This was the final payment. Your award is complete.",
}
