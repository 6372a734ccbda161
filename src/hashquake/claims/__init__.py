"""What somebody wrote becomes claims: plain text or HTML in, `Claim`s out.

Pure: nothing is fetched and nothing in a text is executed. Rules and words are data, a lexicon a
language, in ``lexicons/``.
"""
