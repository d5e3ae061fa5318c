"""The event's own questions, and what people answered."""
