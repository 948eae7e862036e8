"""One applicant's case: form, content, process, clock, decisions."""
