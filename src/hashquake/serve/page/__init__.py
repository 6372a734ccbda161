"""The page that people leave open: what is served to browsers, and what `publish` writes."""
