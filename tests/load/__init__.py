"""What pages and jobs cost with 1,000 and with 20,000 applications; run by hand: make bench."""
