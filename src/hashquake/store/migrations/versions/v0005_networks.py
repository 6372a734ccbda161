"""The networks that a search for outages was given, so that a later search goes by them too."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; earlier searches were given none."""
    op.add_column("searched", sa.Column("networks", sa.Text, nullable=False, server_default=""))
