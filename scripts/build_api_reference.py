"""Write docs/reference/api.md from the paths and documents of the API as they are."""

from pathlib import Path

from hashquake.observatory import open_observatory
from hashquake.serve.api.app import create_app
from hashquake.serve.api.reference import reference_markdown

TARGET = Path(__file__).parents[1] / "docs" / "reference" / "api.md"


def main() -> None:
    """Write the page."""
    built = create_app(open_observatory("bundled"), db="bundled")
    TARGET.write_text(reference_markdown(built.app.state.describe()), encoding="utf-8")
    print(f"{TARGET} written")


if __name__ == "__main__":
    main()
