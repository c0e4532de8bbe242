"""The parts of a browser that a page in memory needs: fields, roles, events, requests."""
