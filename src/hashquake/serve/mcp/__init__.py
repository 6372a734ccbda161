"""Tools for language models: read-only questions, each number with its interval and a sentence."""
