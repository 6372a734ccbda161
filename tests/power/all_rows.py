"""All rows of the table of calibration, in the order in which it shows them."""

from tests.power.alarm_rows import ALARM_ROWS
from tests.power.interval_rows import INTERVAL_ROWS

ROWS = (*ALARM_ROWS, *INTERVAL_ROWS)
