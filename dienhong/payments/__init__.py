"""Bills and the money that meets them: providers, captures, refunds, reconciliation."""
