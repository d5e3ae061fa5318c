"""Choosing sessions, their seats and their own waiting lists."""
