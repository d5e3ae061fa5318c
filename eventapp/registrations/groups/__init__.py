"""Several people registered at once, for a structure."""
