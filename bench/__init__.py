"""`make bench`: how fast the product answers, on the server of production. See docs/performance.md."""
