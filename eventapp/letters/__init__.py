"""The organiser's own words: one model letter of each kind and event, its versions and its attachments."""
