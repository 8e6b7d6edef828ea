"""The law of the vouchers: dataclasses in, verdicts with reasons and arithmetic out."""
