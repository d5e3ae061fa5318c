"""Who waits for a place, in which order, why, and how they get one: by the queue, by an offer, by hand."""
