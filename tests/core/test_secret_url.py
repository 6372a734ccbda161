import pytest

from hashquake.core.secret_url import SecretUrl, without_passwords


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://anna:hunter2@db/hashes",
        "postgresql+psycopg://anna:hun@ter2@db:5432/hashes",
        "postgresql+psycopg://anna:hunter2/x@db/hashes",
        "postgresql://anna@db/hashes?password=hunter2",
        "postgresql://anna@db/hashes?connect_timeout=3&sslpassword=hunter2",
        "postgresql://:hunter2@db/hashes",
        "http:/anna:hunter2@db/x",  # as a path writes it
        "https://hunter2@db/x",
        "wss://db/?client=1&authorization=hunter2",
    ],
)
def test_no_text_made_of_an_address_shows_its_password(address: str) -> None:
    url = SecretUrl(address)
    for shown in (
        str(url),
        repr(url),
        f"{url}",
        f"{url!r}",
        without_passwords(f"cannot: {address}"),
    ):
        assert "ter2" not in shown
        assert "db" in shown
    assert url.secret == address


@pytest.mark.parametrize("plain", ["my.db", "/data/a:b@c.db", "bundled", "sqlite:///my.db"])
def test_what_has_no_password_stays(plain: str) -> None:
    assert str(SecretUrl(plain)) == plain
