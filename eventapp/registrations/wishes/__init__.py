"""Sessions ranked by people instead of chosen, and the allocation that serves all of them."""
