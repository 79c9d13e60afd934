"""Other people's files as sessions: one module each, from bytes to events; nothing is printed, nothing is opened."""
