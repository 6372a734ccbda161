"""The API as Schemathesis sees it: it reads the description and asks everything it can think of.

`tests/serve/api/test_openapi.py` asks with values that we thought of; this program comes from
elsewhere and knows nothing of ours but /openapi.json.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests import plain_http

pytestmark = pytest.mark.e2e

EXAMPLES_A_PATH = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "5"))
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
KNOWN_PLACES = """
color = false

[parameters]
"path.quake" = ["hq20210416a", "nowhere"]
"path.outage" = ["ou20220105kza", "nowhere"]
"path.event" = ["kazakhstan-2022", "nowhere"]
"path.slug" = ["antpool", "unknown"]
"""
"""Names that the record has, so that what answers about them is reached as well."""


def test_no_question_is_answered_by_500_or_otherwise_than_described(
    bundled: str, tmp_path: Path
) -> None:
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(KNOWN_PLACES, encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "schemathesis.cli",
            f"--config-file={settings}",
            "run",
            f"{bundled}/openapi.json",
            f"--checks={','.join(CHECKS)}",
            "--exclude-path=/api/v1/stream",  # has no end; tests of its own
            "--phases=coverage,fuzzing",
            f"--max-examples={EXAMPLES_A_PATH}",
            "--request-timeout=30",
            "--seed=20220105",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-1_000:]
    paths = plain_http.get(f"{bundled}/openapi.json").json()["paths"]
    total = sum(len(methods) for methods in paths.values())
    assert f"{total - 1} selected / {total} total" in done.stdout
