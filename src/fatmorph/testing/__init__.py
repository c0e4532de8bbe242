"""Test views without a server."""
