"""Claims: a text is pasted, and every number in it gets what the blocks say of it."""

from hashquake.observatory import Observatory
from hashquake.serve.language import translate
from hashquake.serve.page.website import Website

LONGEST = 20_000
"""Characters of a text; a longer one is cut by the form."""


def check_page(ask: Observatory, site: Website) -> str:
    """Return the page that checks a text.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    """
    return site.render(
        "check.html.j2",
        section="check",
        title=translate("Claims"),
        description=translate("Paste a text and see what the blocks say of each number in it."),
        last_change_id=ask.last_change_id(),
        longest=LONGEST,
    )
