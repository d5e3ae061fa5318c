"""What an organiser does with registrations: import, move, merge, cancel, undo, notes, history."""
