"""How numbers and dates are written and read where Django's own way is another."""
