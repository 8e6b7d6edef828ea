"""Verbs of people, organisations and set-up: the only code that writes the kernel's rows."""
