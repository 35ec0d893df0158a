"""From files to records: one file a source format, and what is found in text."""
