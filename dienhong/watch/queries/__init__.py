"""What is asked of checks, questions and alerts."""
