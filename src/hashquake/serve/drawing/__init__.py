"""Drawings as SVG text: scales, ticks, marks on a frame, and how every chart of reports looks."""
