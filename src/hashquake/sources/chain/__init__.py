"""Blocks: from nodes, block files, tables and services that carry the chain."""
