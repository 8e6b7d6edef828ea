"""Invented words of the life sciences."""

from random import Random

SUBJECTS = (
    "peptide", "antibody", "biosensor", "enzyme", "tissue", "plasma", "catheter", "implant",
    "vaccine", "microbiome", "protein", "lipid", "bioreactor", "cartilage", "stent", "serum",
    "nanoparticle", "hydrogel", "organoid", "probiotic", "diagnostic", "polymer", "allergen",
    "biomarker", "cytokine", "genome", "bacteriophage", "collagen", "electrode", "spectrometer",
)  # fmt: skip
NEEDS = (
    "stability", "release", "toxicity", "imaging", "purification", "scale-up", "sterility",
    "biocompatibility", "shelf life", "sequencing", "freeze drying", "encapsulation",
    "validation", "dosing", "screening", "labelling", "fermentation", "wear testing",
)  # fmt: skip
FILLING = (
    "we", "measure", "the", "sample", "with", "our", "partner", "in", "two", "rounds", "and",
    "compare", "results", "under", "controlled", "conditions", "because", "customers", "ask",
    "for", "proof", "before", "they", "order", "small", "series", "from", "pilot", "line",
    "next", "year", "clinical", "study", "regulatory", "file", "method", "protocol",
)  # fmt: skip
PLACES = ("Delta", "Nova", "Lumen", "Vita", "Alpha", "Orbis", "Terra", "Aqua", "Helio", "Proto")
TRADES = ("Biotech", "Medical", "Diagnostics", "Therapeutics", "Foods", "Devices", "Genomics")


def title(rng: Random) -> str:
    """Return a project's or record's title."""
    return f"{rng.choice(SUBJECTS).capitalize()} {rng.choice(NEEDS)} in {rng.choice(SUBJECTS)}"


def text(rng: Random, words: int) -> str:
    """Return a paragraph of so many words."""
    chosen = rng.choices(FILLING, k=words - 2)
    return " ".join([rng.choice(SUBJECTS).capitalize(), rng.choice(NEEDS), *chosen]) + "."


def firm(rng: Random, number: int) -> str:
    """Return a firm's name, each number its own."""
    return f"{rng.choice(PLACES)} {rng.choice(TRADES)} {number}"
