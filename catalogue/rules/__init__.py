"""What the catalogue knows without a database: identifiers, distances, words."""
