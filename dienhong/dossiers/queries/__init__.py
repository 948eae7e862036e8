"""What is asked of dossiers."""
