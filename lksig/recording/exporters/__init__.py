"""Recordings as other people's files: one module each, which makes data and prints nothing."""
