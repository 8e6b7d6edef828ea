"""Pure validation: forms write nothing."""
