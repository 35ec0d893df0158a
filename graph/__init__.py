"""What a case holds and what is derived from it: records, the schema, the case, links, clusters, Neo4j."""
