"""When a rule raises an alert, when that ends, and who hears of it."""
