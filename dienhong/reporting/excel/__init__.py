"""Excel as a door of intake: the template that goes out, the file that comes back, the copy with its errors marked."""
