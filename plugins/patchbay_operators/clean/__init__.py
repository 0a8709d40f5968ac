"""Operators that repair rows and columns."""
