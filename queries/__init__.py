"""Links in SQL and questions in Cypher, one file each, and their reader."""
