"""Pure functions over the public JSON shape; they import nothing of ours."""
