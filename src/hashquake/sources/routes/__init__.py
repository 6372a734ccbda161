"""Connectivity counted from BGP routes: archives and the live stream."""
