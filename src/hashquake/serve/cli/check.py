"""``hashquake check``: the claims of a text, and what the record says of each."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click
import typer

from hashquake.core import clock
from hashquake.core.errors import InputError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.regular_file import open_regular
from hashquake.serve.cli.options import Db, Json, Lang, opened
from hashquake.serve.cli.output import console, note, print_json
from hashquake.serve.cli.progress import working
from hashquake.serve.files import ending_of, write_whole
from hashquake.serve.language import language_named, speaking

if TYPE_CHECKING:
    from hashquake.judge.check import Check
    from hashquake.observatory import Observatory

LARGEST_BYTES = 32 * 2**20
"""Of a text: more is refused before it is read."""


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(check)
    return typer.main.get_command(app)


def check(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE...",
            help="Plain text or HTML; a .toml file holds claims written down by hand; - is "
            "standard input.",
        ),
    ] = None,
    *,
    published: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="When it was published. Weekdays and hours depend on it."
        ),
    ] = None,
    as_known_on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Judge by what was known then. Default: all of it."),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="en, de, fr, es, pt or ru. Default: found in the text."),
    ] = None,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="Fetch this page and check it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="F.html", help="Write a fact sheet here, one HTML file.")
    ] = None,
    keep: Annotated[
        bool,
        typer.Option("--keep/--no-keep", help="Keep the claims in the ledger of your own record."),
    ] = True,
    lang: Lang = "en",
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Find the claims in a text and say of each what the record supports.

    Nothing that a text says is executed, and no address in it is fetched.
    """
    sheet_language = language_named(lang)
    names = list(files or ())
    if not names and url is None:
        raise UsageError(
            "no text was given to check",
            code="usage",
            hint="name a file, - for standard input, or --url",
        )
    if out is not None:
        ending_of(out, (".html", ".htm"), code="format-unknown")
    texts = [(name, read_text_file(name)) for name in names]
    with opened(db) as observatory:
        if url is not None:
            from hashquake.observatory.fetched_page import fetch_page

            texts.append((url, decoded(fetch_page(url), url)))
        with working("checking"):
            checks = [
                _checked(
                    observatory,
                    name,
                    text,
                    published=published,
                    as_known_on=as_known_on,
                    language=language,
                    url=url or "",
                    keep=keep,
                )
                for name, text in texts
            ]
    if out is not None:
        from hashquake.serve.check.sheet import render_sheet

        with working("drawing"):
            with speaking(sheet_language):
                page = render_sheet(checks, made_at=clock.now_s())
            write_whole(out, page.encode())
    if as_json:
        from hashquake.serve.check.document import joined_documents

        print_json(joined_documents(checks, [name for name, _ in texts]))
        return
    from hashquake.serve.check.terminal import print_check

    shown = console()
    for at, one in enumerate(checks):
        if at:
            shown.print()
        print_check(one, shown)
    if out is not None:
        note(f"written to {out}")


def _checked(
    observatory: "Observatory",
    name: str,
    text: str,
    *,
    published: str | None,
    as_known_on: str | None,
    language: str | None,
    url: str,
    keep: bool,
) -> "Check":
    if name.lower().endswith(".toml"):
        from hashquake.datasets.claims_file import read_claims

        claims = read_claims(text, name=visible_text(name))
        return observatory.check(
            claims=claims, published=published, as_known_on=as_known_on, keep=keep
        )
    return observatory.check(
        text, published=published, as_known_on=as_known_on, language=language, url=url, keep=keep
    )


def read_text_file(name: str) -> str:
    """Return a file's text; what is not UTF-8 is read as Windows wrote it.

    Parameters
    ----------
    name : str
        Its path; ``-`` is standard input.

    Raises
    ------
    InputError
        ``file-unreadable``; and as for `decoded`.
    """
    try:
        if name == "-":
            content = sys.stdin.buffer.read(LARGEST_BYTES + 1)
        else:
            with open_regular(Path(name)) as file:
                content = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            f"{visible_text(name)} cannot be read: {reason}",
            code="file-unreadable",
            hint="name a file that you may read, or - for standard input",
        ) from None
    return decoded(content, name)


def decoded(content: bytes, name: str) -> str:
    """Return bytes as text.

    Parameters
    ----------
    content : bytes
        Of a file or a page.
    name : str
        Its name, for errors.

    Raises
    ------
    InputError
        ``text-too-long``; ``encoding-unreadable`` for what is not a text.
    """
    shown = "standard input" if name == "-" else visible_text(name)
    if len(content) > LARGEST_BYTES:
        raise InputError(
            f"{shown} is larger than {LARGEST_BYTES:,} bytes",
            code="text-too-long",
            hint="give the article alone",
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content[:4096]:
        raise InputError(
            f"{shown} is not a text",
            code="encoding-unreadable",
            hint="give plain text or HTML; a PDF has to be saved as text first",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
