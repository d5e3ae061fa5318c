"""The limits that a place counts against: event, category, structure."""
