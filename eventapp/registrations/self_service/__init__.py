"""What a person does alone with their own link, until when, and what they ask for afterwards."""
