"""A call's whole calendar on a moved clock, in a transaction that is taken back."""
