"""Pictures of a case, one file each."""
