"""The pages of the benchmark, written once per library, as its users would write them.

Every module has `table`, `products` and `tiles`: functions from a page's data to UTF-8. All text
is escaped. If a library leaves escaping to its users, the module does it, as they must.
"""
