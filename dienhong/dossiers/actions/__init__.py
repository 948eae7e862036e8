"""Every verb of dossiers that changes state."""
