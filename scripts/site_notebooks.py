"""Execute the notebooks of the documentation and return them as pages, with all that they show."""

import re
from pathlib import Path

import jupytext
from nbclient import NotebookClient
from nbconvert import MarkdownExporter
from nbformat import NotebookNode

PATIENCE_S = 300
_WIDTH = re.compile(r"<style>.*?</style>", re.DOTALL)


def executed(path: Path) -> NotebookNode:
    """Run a notebook in a kernel of its own; an error in a cell is an error here.

    Parameters
    ----------
    path : Path
        A notebook as a script, its cells marked by ``# %%``.
    """
    notebook: NotebookNode = jupytext.read(path)
    client = NotebookClient(notebook, timeout=PATIENCE_S, kernel_name="python3")
    return client.execute()


def notebook_pages(folder: Path) -> dict[str, str | bytes]:
    """Return pages and pictures by their path in the site.

    Parameters
    ----------
    folder : Path
        With the notebooks.
    """
    made: dict[str, str | bytes] = {}
    for path in sorted(folder.glob("*.py")):
        exporter = MarkdownExporter()
        text, resources = exporter.from_notebook_node(
            executed(path), resources={"unique_key": path.stem, "output_files_dir": path.stem}
        )
        made[f"notebooks/{path.stem}.md"] = _WIDTH.sub("", text)
        for name, content in resources["outputs"].items():
            made[f"notebooks/{name}"] = content
    return made
