"""Tables as CSV, XLSX and ODS: read without trusting them, written so that nothing in them executes."""
