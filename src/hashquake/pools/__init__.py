"""Who mined it: the registry of pools and the rules that name a block's pool.

``registry.bundled()`` gives the pools this release knows; ``identify.identify`` names the pool
of one coinbase with all its evidence. The room is pure: it reads only its own package data and
the directory a caller hands it.
"""
