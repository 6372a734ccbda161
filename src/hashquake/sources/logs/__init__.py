"""A pool's own share logs, counted by place."""
