"""Administrative procedures as the people look for them."""
