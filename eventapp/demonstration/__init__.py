"""The demonstration: a region's network, its first meeting with a report, and a second one that fills up.

Real: the structures (open data) and what was reported of 2021. Invented: every person and address of the second one.
"""

EMAIL = "organisatrice@sgar-hdf.example"
PASSWORD = "rencontres-de-lille"  # noqa: S105 - printed at start, opens invented data only
