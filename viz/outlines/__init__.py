"""Pictures and models in words: lines that can be read in a terminal, by a screen reader, or in a file."""
